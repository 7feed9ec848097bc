/* What this tab remembers until it is closed: the key, and which conversation is shown. Where a browser forbids that, it
   lasts as long as the page. Knows no meaning of what it keeps. */

const memory = new Map();

/** What was remembered under a name, or nothing. */
export function recall(name) {
  try {
    return sessionStorage.getItem(name) ?? "";
  } catch {
    return memory.get(name) ?? "";
  }
}

/** Remember some text under a name; nothing forgets it. */
export function remember(name, text) {
  memory.set(name, text);
  try {
    if (text) sessionStorage.setItem(name, text);
    else sessionStorage.removeItem(name);
  } catch {
    // it is in memory
  }
}
