/* What one message looks like: a question that can be edited, an answer with its reasoning, its code and how it ended.
   Knows no server and no store; what its buttons do is its owner's affair (`chat.js`). */

import { codeBlock, copyButton } from "./code.js";
import { button, element } from "./element.js";
import { MarkdownView } from "./markdown.js";

const ENDINGS = {
  length: "It has reached its limit of tokens. More are allowed in the settings.",
  stopped: "Stopped.",
};

/** A question; `edited` is called with its new text. */
export function questionView(message, edited) {
  const text = element("p", { class: "said" }, message.content);
  const edit = button("Edit", () => view.replaceChildren(...editor(message, edited, () => view.replaceChildren(text, edit))));
  const view = element("article", { class: "question", "aria-label": "Question" }, text, edit);
  return view;
}

function editor(message, edited, cancelled) {
  const area = element("textarea", { "aria-label": "Edit the question", rows: 3 });
  area.value = message.content;
  const send = () => area.value.trim() && edited(area.value.trim());
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      cancelled();
    } else if (sends(event)) {
      event.preventDefault();
      send();
    }
  });
  setTimeout(() => area.focus());
  const note = element("p", { class: "note" }, "What was said after it is removed.");
  return [area, element("div", { class: "actions" }, button("Send", send), button("Cancel", cancelled)), note];
}

/** Whether a key sends what is typed: Enter without Shift, and not the one that ends a word of an input method. */
export function sends(event) {
  return event.key === "Enter" && !event.shiftKey && !event.isComposing;
}

/** An answer, which grows while it streams: change the message, then call `update`. */
export class AnswerView {
  constructor(message, again) {
    this.message = message;
    this.summary = element("summary", { onclick: () => (this.touched = true) });
    const thoughts = element("div", { class: "thoughts" });
    this.details = element("details", { class: "reasoning", hidden: true }, this.summary, thoughts);
    const body = element("div", { class: "body" });
    this.calls = element("div", { class: "calls" });
    this.failure = element("p", { class: "failure", role: "alert", hidden: true });
    this.note = element("p", { class: "note" });
    this.again = button("Ask again", again);
    this.actions = element("div", { class: "actions" }, copyButton(() => this.message.content), this.again);
    this.reasoning = new MarkdownView(thoughts, false);
    this.content = new MarkdownView(body, true);
    this.element = element(
      "article",
      { class: "answer", "aria-label": "Answer" },
      ...[this.details, body, this.calls, this.failure, this.note, this.actions],
    );
  }

  /** Show the message as it is now; `running` while more may come, `last` if it ends the conversation. */
  update(running, last) {
    const { message } = this;
    this.element.setAttribute("aria-busy", running);
    this.element.classList.toggle("waiting", running && !message.content && !message.reasoning);
    this.#updateReasoning(running);
    this.content.update(message.content, !running);
    if (!running) this.calls.replaceChildren(...message.calls.map(callBlock));
    this.failure.hidden = !message.error;
    this.failure.textContent = message.error ?? "";
    this.note.textContent = running ? "" : noteOf(message);
    this.actions.hidden = running;
    this.again.hidden = !last;
  }

  /** Open while the model thinks, folded once it answers; then as the reader wants it. */
  #updateReasoning(running) {
    const { reasoning, content, thought } = this.message;
    this.details.hidden = !reasoning;
    if (!reasoning) return;
    const thinking = running && !content;
    if (!this.touched) this.details.open = thinking || !content;
    this.summary.textContent = thinking ? "Thinking …" : thought ? `Thought for ${thought.toFixed(thought < 10 ? 1 : 0)} s` : "Thoughts";
    this.reasoning.update(reasoning, !thinking);
  }
}

function callBlock({ name, arguments: given }) {
  const shown = element("div", {}, element("p", {}, "It calls ", element("code", {}, name)));
  shown.append(codeBlock(given, "json", true, false));
  return shown;
}

function noteOf({ content, reasoning, calls, model, finish, error, usage, seconds }) {
  const parts = [ENDINGS[finish] ?? (finish || error ? "" : "Not finished."), model];
  if (finish === "stop" && !content && !reasoning && !calls.length) parts.unshift("The model said nothing.");
  const thought = usage?.completion_tokens_details?.reasoning_tokens;
  if (usage) parts.push(`${usage.completion_tokens} tokens${thought ? `, ${thought} for reasoning` : ""}`);
  if (usage && seconds) parts.push(`${seconds.toFixed(1)} s`);
  return parts.filter(Boolean).join(" · ");
}
