/* The list of conversations, and what can be done with all of them. Knows no messages: `chat.js` shows them. */

import { button, element } from "./element.js";
import { conversations, exported, remove } from "./store.js";

/** The list. `opened` is called with the conversation to show, or null for a new one; `gone` after a deletion. */
export class Sidebar {
  constructor(root, { opened, gone }) {
    Object.assign(this, { list: root.querySelector("ul"), opened, gone });
    root.querySelector("#new").addEventListener("click", () => opened(null));
    root.querySelector("#export").addEventListener("click", () => download(exported(), "openmimo-conversations.json"));
    root.querySelector("#delete-all").addEventListener("click", () => this.#delete(conversations(), "Delete all conversations"));
    root.querySelector("#origin").textContent = location.host;
  }

  /** Draw the list anew, with the one that is shown and the one that is being answered, if any. */
  update(shown, answering) {
    this.list.replaceChildren(...conversations().map((each) => this.#entry(each, each.id === shown, each.id === answering)));
  }

  #entry(conversation, shown, answering) {
    const title = conversation.title || "Untitled";
    const looks = { class: "open", title, "aria-current": shown && "true" };
    const open = button(answering ? `${title} …` : title, () => this.opened(conversation), looks);
    const named = { "aria-label": `Delete ${title}`, title: "Delete" };
    const away = button("×", () => this.#delete([conversation], `Delete “${title}”`), named);
    return element("li", {}, open, away);
  }

  #delete(doomed, question) {
    if (!doomed.length || !confirm(`${question}? This cannot be undone.`)) return;
    for (const { id } of doomed) remove(id);
    this.gone(doomed);
  }
}

function download(text, name) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
