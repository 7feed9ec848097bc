/* The chat page: read this first. It joins the parts: `chat.js` the conversation, `sidebar.js` the others, `models.js` and
   `settings.js` what is asked how, `store.js` where it is kept, `server.js` who answers. `markdown.js` shows answers: a model's
   words become text nodes, never HTML. */

import { Chat } from "./chat.js";
import { sends } from "./message.js";
import { Models } from "./models.js";
import { Settings } from "./settings.js";
import { Sidebar } from "./sidebar.js";
import { conversation, follow, loadAll, newConversation } from "./store.js";
import { recall, remember } from "./tab.js";

const SHOWN = "openmimo.shown"; // of this tab: a reload shows the same conversation

const get = (id) => document.getElementById(id);
const question = get("question");

const settings = new Settings(get("settings"), async (keyChanged) => {
  if (keyChanged && (await loadModels()) && chat.conversation.messages.at(-1)?.error) chat.again();
});
const models = new Models(get("model"), get("think"), settings);
const sidebar = new Sidebar(get("sidebar"), { opened: open, gone });

loadAll();
const chat = new Chat(get("messages"), models, settings, { changed, told });
chat.show(conversation(recall(SHOWN)) ?? newConversation());
loadModels();

get("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
question.addEventListener("keydown", (event) => {
  if (!sends(event)) return;
  event.preventDefault();
  ask();
});
get("stop").addEventListener("click", ({ detail }) => {
  chat.stop();
  if (!detail) question.focus(); // pressed by a key: the button is gone
});
get("menu").addEventListener("click", () => showSidebar(get("menu").ariaExpanded !== "true"));
get("settings-button").addEventListener("click", () => settings.open());
document.addEventListener("keyneeded", () => settings.open(true));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || get("settings").open) return;
  if (get("menu").ariaExpanded === "true") showSidebar(false);
  else chat.stop();
});
get("main").addEventListener("click", () => showSidebar(false));
addEventListener("pagehide", () => chat.leave());
follow(changed);

async function ask() {
  const text = question.value.trim();
  if (!text || chat.running || (!models.id && !(await loadModels()))) return;
  question.value = "";
  told("");
  await chat.ask(text);
}

/** Whether there is a model to ask; what is wrong is said on the page. */
async function loadModels() {
  try {
    await models.load();
    told(models.id ? "" : "The server has no model.", true);
    return Boolean(models.id);
  } catch (error) {
    told(error.message, true);
    return false;
  }
}

function open(chosen) {
  chat.show(chosen ?? newConversation());
  showSidebar(false);
  question.focus();
}

function gone(deleted) {
  chat.drop(deleted);
  if (deleted.includes(chat.conversation)) chat.show(newConversation());
  else changed();
}

function changed() {
  sidebar.update(chat.conversation.id, chat.running?.conversation.id);
  remember(SHOWN, chat.conversation.id);
  get("send").hidden = Boolean(chat.running);
  get("stop").hidden = !chat.running;
  get("empty").hidden = chat.conversation.messages.length > 0;
  document.title = chat.conversation.messages.length ? `${chat.conversation.title} · OpenMiMo` : "OpenMiMo";
}

/** Say something to who listens to the page; what is wrong is shown, too. */
function told(text, wrong = false) {
  get(wrong ? "trouble" : "status").textContent = text;
  if (wrong || !text) get("trouble").hidden = !text;
}

function showSidebar(shown) {
  get("menu").ariaExpanded = String(shown);
  document.body.classList.toggle("with-sidebar", shown);
}
