/* The conversation that is shown, and the one answer that may be under way: ask, stop, ask again, change a question.

   A message is {role: "user", content} or {role: "assistant", content, reasoning, calls, model, finish, error, usage, seconds,
   thought}; `finish` is null for an answer that was cut off, `seconds` and `thought` are measured here. Knows no HTTP
   (`server.js`) and no look (`message.js`). */

import { AnswerView, questionView } from "./message.js";
import { streamAnswer } from "./server.js";
import { save } from "./store.js";

const NEAR = 60; // pixels from the end of the conversation at which it follows what comes
const SAVED_EVERY = 1000; // milliseconds, while an answer streams
const TITLE = 60;

/** The conversation on the page. `changed` is called when it, or whether an answer is under way, is another. */
export class Chat {
  constructor(host, models, settings, { changed, told }) {
    Object.assign(this, { host, models, settings, changed, told, running: null, dropped: new WeakSet() });
  }

  /** Show a conversation. An answer under way in another one goes on. */
  show(conversation) {
    this.conversation = conversation;
    this.views = new Map();
    this.host.replaceChildren();
    conversation.messages.forEach((message, place) => this.#add(message, place));
    this.#draw();
    this.#toEnd();
    this.changed();
  }

  /** Ask something. */
  async ask(text) {
    const { conversation } = this;
    if (!conversation.messages.length) conversation.title = text.replace(/\s+/g, " ").slice(0, TITLE);
    conversation.messages.push({ role: "user", content: text });
    this.#add(conversation.messages.at(-1), conversation.messages.length - 1);
    await (this.answering = this.#answer());
  }

  /** Put another question in the place of one; what was said after it is gone, also if it is still being said. */
  async edit(place, text) {
    if (this.running?.conversation === this.conversation) this.stop();
    else if (this.running) return;
    await this.answering;
    this.conversation.messages.splice(place);
    this.show(this.conversation);
    await this.ask(text);
  }

  /** Ask for the last answer again. */
  async again() {
    if (this.running || this.conversation.messages.at(-1)?.role !== "assistant") return;
    this.conversation.messages.pop();
    this.show(this.conversation);
    await (this.answering = this.#answer());
  }

  /** End the answer under way. */
  stop() {
    this.running?.controller.abort();
  }

  /** End the answer under way if it belongs to one of these, which are deleted and not to be kept again. */
  drop(deleted) {
    for (const each of deleted) this.dropped.add(each);
    if (deleted.includes(this.running?.conversation)) this.stop();
  }

  /** Keep what there is of the answer under way, and nothing later: the page is being left, and that the connection ends is no failure. */
  leave() {
    if (!this.running) return;
    this.#keep(this.running.conversation);
    this.dropped.add(this.running.conversation);
  }

  async #answer() {
    const { conversation } = this;
    const request = { model: this.models.id, messages: historyOf(conversation), ...this.settings.sampling() };
    const message = { role: "assistant", content: "", reasoning: "", calls: [], model: request.model, finish: null, error: null };
    conversation.messages.push(message);
    this.running = { conversation, message, controller: new AbortController() };
    this.#add(message, conversation.messages.length - 1);
    this.#draw();
    this.#toEnd();
    this.#keep(conversation);
    this.changed();
    this.told("The model is answering.");
    await this.#read(request);
    this.#draw();
    this.#keep(conversation);
    this.changed();
    if (!message.error) this.told(message.finish === "stopped" ? "Stopped." : "The answer is complete.");
  }

  /** Read the answer into its message, to its end however that comes. */
  async #read(request) {
    const { conversation, message, controller } = this.running;
    const began = performance.now();
    const since = () => (performance.now() - began) / 1000;
    let saved = began;
    try {
      for await (const part of streamAnswer(request, controller.signal)) {
        if (part.content && message.reasoning) message.thought ??= since();
        take(part, message);
        this.#soon();
        if (performance.now() - saved > SAVED_EVERY) {
          saved = performance.now();
          this.#keep(conversation);
        }
      }
    } catch (error) {
      if (controller.signal.aborted) message.finish = "stopped";
      else message.error = error.message;
    }
    message.seconds = since();
    if (message.reasoning) message.thought ??= message.seconds;
    this.running = null;
  }

  #add(message, place) {
    if (message.role === "user") {
      this.host.append(questionView(message, (text) => this.edit(place, text)));
      return;
    }
    const view = new AnswerView(message, () => this.again());
    this.views.set(message, view);
    this.host.append(view.element);
  }

  /** Draw before the next frame, once for all that has come. */
  #soon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      if (this.running) this.#drawOne(this.running.message);
    });
  }

  #draw() {
    for (const message of this.views.keys()) this.#drawOne(message);
  }

  #drawOne(message) {
    const atEnd = this.host.scrollHeight - this.host.scrollTop - this.host.clientHeight < NEAR;
    this.views.get(message)?.update(message === this.running?.message, message === this.conversation.messages.at(-1));
    if (atEnd) this.#toEnd();
  }

  #toEnd() {
    this.host.scrollTop = this.host.scrollHeight;
  }

  #keep(conversation) {
    if (this.dropped.has(conversation) || save(conversation)) return;
    this.told("This browser does not keep the conversation: its storage is full or forbidden.", true);
  }
}

/** What the server is told of a conversation: not the reasoning, and no answer that never came. */
function historyOf({ messages }) {
  return messages.filter(({ content }) => content).map(({ role, content }) => ({ role, content }));
}

function take({ reasoning = "", content = "", call, finish, usage }, message) {
  message.reasoning += reasoning;
  message.content += content;
  message.finish = finish ?? message.finish;
  message.usage = usage ?? message.usage;
  if (call) {
    const known = (message.calls[call.index] ??= { name: "", arguments: "" });
    known.name += call.name;
    known.arguments += call.arguments;
  }
}
