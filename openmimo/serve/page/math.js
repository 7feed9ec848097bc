/* Formulas: where one begins and ends in a text, and how KaTeX draws it. Knows no Markdown; `inline.js` and
   `markdown.js` call it, and never within code. */

import { element } from "./element.js";

const CLOSING = { "\\(": "\\)", "\\[": "\\]", $$: "$$" };
const MOST = 8000; // characters of a formula
const KEPT = 300; // drawn formulas: an answer is drawn anew many times while it streams
const drawn = new Map();

/** The formula that begins at `at`, as {source, display, end}, or null if none does. */
export function readMath(text, at) {
  const opening = text.slice(at, at + 2);
  if (!(opening in CLOSING)) return text[at] === "$" ? readDollars(text, at) : null;
  const close = find(text, at + 2, CLOSING[opening]);
  const source = text.slice(at + 2, close);
  return close < 0 || !isFormula(source) ? null : { source, display: opening !== "\\(", end: close + 2 };
}

/** A formula as KaTeX draws it; what it cannot read stands as it is written. */
export function mathNode(source, display) {
  const key = `${display}${source}`;
  if (!drawn.has(key)) {
    if (drawn.size >= KEPT) drawn.clear();
    drawn.set(key, draw(source.trim(), display));
  }
  return drawn.get(key).cloneNode(true);
}

function draw(source, display) {
  const node = element("span", { class: display ? "math display" : "math" });
  try {
    // A fresh `macros`: what one formula defines is not to change another.
    const options = { displayMode: display, throwOnError: false, trust: false, strict: "ignore", maxSize: 20, maxExpand: 500, macros: {} };
    globalThis.katex.render(source, node, options);
  } catch {
    node.replaceChildren(element("code", {}, source));
  }
  return node;
}

/** The place of a closing mark that no backslash belongs to, or -1. */
function find(text, from, mark) {
  for (let at = from; at < Math.min(text.length, from + MOST); at++) {
    if (text.startsWith(mark, at)) return at;
    if (text[at] === "\\") at++;
  }
  return -1;
}

/** A formula between single dollars; sums of money are none. */
function readDollars(text, at) {
  if (/[A-Za-z0-9\\$]/.test(text[at - 1] ?? "") || /[\s$]/.test(text[at + 1] ?? " ")) return null;
  const close = find(text, at + 1, "$");
  const source = text.slice(at + 1, close);
  if (close < 0 || /\s$/.test(source) || /[0-9$]/.test(text[close + 1] ?? "")) return null;
  return !isFormula(source) || isProse(source) ? null : { source, display: false, end: close + 1 };
}

/** Whether there is something between two marks, and no code. */
function isFormula(source) {
  return source.trim() !== "" && !source.includes("`");
}

/** Whether what stands between two dollars reads as words: "$5 for apples and 6$", "$200 to 5$". */
function isProse(source) {
  return !/[\\^_={}<>+*/|]/.test(source) && /\p{L}{2,}[\s,.;]+\p{L}{2,}|^\d.*[A-Za-z]{2,}/u.test(source);
}
