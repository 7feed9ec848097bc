/* Conversations in this browser's local storage, one entry each, so that two tabs do not overwrite each other's.
   Knows no page. A conversation is {id, title, updated, messages}; `chat.js` says what a message is. */

const PREFIX = "openmimo.conversation.";
const kept = new Map();

/** Read all conversations; entries that are none are passed over. */
export function loadAll() {
  kept.clear();
  try {
    for (const key of Object.keys(localStorage).filter((each) => each.startsWith(PREFIX))) {
      const found = read(localStorage.getItem(key));
      if (found) kept.set(found.id, found);
    }
  } catch {
    // storage is forbidden here: `save` says so when there is something to keep
  }
}

/** All conversations, the latest first. */
export function conversations() {
  return [...kept.values()].sort((one, other) => other.updated - one.updated);
}

/** The conversation with an id, or undefined. */
export function conversation(id) {
  return kept.get(id);
}

/** A conversation without messages; it is kept from its first `save` on. */
export function newConversation() {
  // crypto.randomUUID is missing on plain http from another machine.
  const id = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { id, title: "New conversation", updated: Date.now(), messages: [] };
}

/** Keep a conversation; false if the browser refuses, and then it lasts as long as the page. */
export function save(changed) {
  changed.updated = Date.now();
  kept.set(changed.id, changed);
  try {
    localStorage.setItem(PREFIX + changed.id, JSON.stringify(changed));
    return true;
  } catch {
    return false;
  }
}

/** Delete a conversation for good. */
export function remove(id) {
  kept.delete(id);
  try {
    localStorage.removeItem(PREFIX + id);
  } catch {
    // where nothing can be kept, nothing is left
  }
}

/** Call `changed` when another tab has changed a conversation; this tab's own are not lost by it. */
export function follow(changed) {
  addEventListener("storage", ({ key, newValue }) => {
    if (!key?.startsWith(PREFIX)) return;
    const found = read(newValue);
    if (found) kept.set(found.id, found);
    else kept.delete(key.slice(PREFIX.length));
    changed();
  });
}

/** All conversations as the text of a JSON file. */
export function exported() {
  return JSON.stringify({ format: "openmimo.conversations", version: 1, conversations: conversations() }, null, 2);
}

function read(text) {
  try {
    const found = JSON.parse(text);
    return typeof found?.id === "string" && Array.isArray(found.messages) ? found : null;
  } catch {
    return null;
  }
}
