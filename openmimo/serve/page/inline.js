/* What stands in a line of Markdown: emphasis, code, links, formulas, line breaks. Text in, DOM nodes out, all of them
   made here: a tag in the text is text. Follows CommonMark's rules of emphasis. Knows no blocks; `markdown.js` does. */

import { element } from "./element.js";
import { mathNode, readMath } from "./math.js";

const ESCAPED = /[!-/:-@[-`{-~]/; // what a backslash can stand before
const PLAIN = /(?:[^\\`$*_~[!<\nh]|h(?!ttps?:\/\/))+/y;
const ADDRESS = /https?:\/\/[^\s<>"'`]+/y;
const MOST_LABEL = 1000; // characters of a link's text
const FAR = 400; // pieces between the two ends of an emphasis
const TAGS = { "*": ["em", "strong"], _: ["em", "strong"], "~": [null, "del"] };

/** The nodes of some text; `links` false leaves links out, as within a link. */
export function inlineNodes(text, links = true) {
  return emphasised(pieces(text, links));
}

/** The web address that a link may lead to, or null: http and https alone. */
export function safeAddress(text) {
  if (!/^https?:\/\//i.test(text)) return null;
  try {
    return new URL(text).href;
  } catch {
    return null;
  }
}

function pieces(text, links) {
  const found = [];
  let at = 0;
  while (at < text.length) {
    PLAIN.lastIndex = at;
    const plain = PLAIN.exec(text)?.[0];
    const piece = plain ? { node: plain, end: at + plain.length } : (special(text, at, links) ?? { node: text[at], end: at + 1 });
    found.push(...(piece.run ? [piece.run] : [piece.node]));
    at = piece.end;
  }
  return found;
}

function special(text, at, links) {
  switch (text[at]) {
    case "\\":
      return asMath(text, at) ?? escape(text, at);
    case "$":
      return asMath(text, at) ?? (text[at + 1] === "$" ? { node: "$$", end: at + 2 } : null);
    case "`":
      return code(text, at);
    case "\n":
      return { node: element("br"), end: at + 1 };
    case "[":
      return links ? link(text, at) : null;
    case "!": // no picture is fetched: a link to it
      return links && text[at + 1] === "[" ? link(text, at + 1) : null;
    case "<":
      return links ? pointed(text, at) : null;
    case "h":
      return links && !/[\p{L}\p{N}]/u.test(text[at - 1] ?? "") ? bare(text, at) : null;
    default:
      return run(text, at);
  }
}

function asMath(text, at) {
  const math = readMath(text, at);
  return math && { node: mathNode(math.source, math.display), end: math.end };
}

function escape(text, at) {
  const next = text[at + 1] ?? "";
  // A formula that is still to be closed, or never is, stays as it was written.
  if ("([".includes(next)) return { node: text.slice(at, at + 2), end: at + 2 };
  if (next === "\n") return { node: element("br"), end: at + 2 };
  return ESCAPED.test(next) ? { node: next, end: at + 2 } : null;
}

/** The code between two runs of as many backticks, as {source, end}; null if the run at `at` is never met. */
export function readCode(text, at) {
  const ticks = ticksAt(text, at);
  const begins = at + ticks.length;
  for (let close = text.indexOf(ticks, begins); close >= 0; close = text.indexOf(ticks, close)) {
    const { length } = ticksAt(text, close);
    if (length === ticks.length) return { source: text.slice(begins, close), end: close + length };
    close += length;
  }
  return null;
}

function ticksAt(text, at) {
  const run = /`+/y;
  run.lastIndex = at;
  return run.exec(text)[0];
}

function code(text, at) {
  const found = readCode(text, at);
  const ticks = ticksAt(text, at);
  if (!found) return { node: ticks, end: at + ticks.length };
  const inside = found.source.replaceAll("\n", " ");
  const padded = inside.startsWith(" ") && inside.endsWith(" ") && inside.trim();
  return { node: element("code", {}, padded ? inside.slice(1, -1) : inside), end: found.end };
}

function link(text, at) {
  const close = labelEnd(text, at);
  if (close < 0 || text[close + 1] !== "(") return null;
  const target = /\(\s*(?:<([^<>\n]*)>|((?:[^\s()]|\([^\s()]*\))*))(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/y;
  target.lastIndex = close + 1;
  const found = target.exec(text);
  const address = found && safeAddress(found[1] ?? found[2]);
  return address ? { node: anchor(address, inlineNodes(text.slice(at + 1, close), false)), end: target.lastIndex } : null;
}

/** The place of the bracket that closes a link's text, or -1. */
function labelEnd(text, at) {
  let depth = 0;
  for (let place = at; place < Math.min(text.length, at + MOST_LABEL); place++) {
    if (text[place] === "\\") place++;
    else if (text[place] === "[") depth++;
    else if (text[place] === "]" && --depth === 0) return place;
  }
  return -1;
}

function pointed(text, at) {
  const close = text.indexOf(">", at);
  const inside = text.slice(at + 1, close);
  const address = close < 0 || /\s/.test(inside) ? null : safeAddress(inside);
  return address && { node: anchor(address, [inside]), end: close + 1 };
}

function bare(text, at) {
  ADDRESS.lastIndex = at;
  let found = ADDRESS.exec(text)?.[0];
  if (!found) return null;
  // The stop of a sentence and a bracket around it are not part of it.
  while (/[.,;:!?*_~\]]$/.test(found) || (found.endsWith(")") && !found.includes("("))) found = found.slice(0, -1);
  const address = safeAddress(found);
  return address && { node: anchor(address, [found]), end: at + found.length };
}

function anchor(address, nodes) {
  return element("a", { href: address, title: address, target: "_blank", rel: "noopener noreferrer nofollow" }, ...nodes);
}

/** A run of *, _ or ~, and whether an emphasis can begin or end with it. */
class Run {
  constructor(mark, length, opens, closes) {
    Object.assign(this, { mark, length, opens, closes, whole: length });
  }

  meets(closer) {
    if (this.mark !== closer.mark || !this.opens) return false;
    if (this.mark === "~") return this.length >= 2 && closer.length >= 2;
    const both = this.closes || closer.opens;
    return !both || (this.whole + closer.whole) % 3 !== 0 || (this.whole % 3 === 0 && closer.whole % 3 === 0);
  }
}

function run(text, at) {
  const mark = text[at];
  if (!(mark in TAGS)) return null;
  let end = at;
  while (text[end] === mark) end++;
  const before = text[at - 1] ?? " ";
  const after = text[end] ?? " ";
  const space = (letter) => /\s/.test(letter);
  const sign = (letter) => /[\p{P}\p{S}]/u.test(letter);
  const left = !space(after) && (!sign(after) || space(before) || sign(before));
  const right = !space(before) && (!sign(before) || space(after) || sign(after));
  const opens = mark === "_" ? left && (!right || sign(before)) : left;
  const closes = mark === "_" ? right && (!left || sign(after)) : right;
  return { run: new Run(mark, end - at, opens, closes), end };
}

/** Nodes and runs as nodes alone: runs that meet become elements around what is between them, others text. */
function emphasised(found) {
  const out = [];
  for (const piece of found) {
    out.push(piece);
    if (piece instanceof Run && piece.closes) close(out, out.pop());
  }
  return out.map((piece) => (piece instanceof Run ? piece.mark.repeat(piece.length) : piece));
}

function close(out, closer) {
  for (let at = out.length - 1; at >= Math.max(0, out.length - FAR) && closer.length; at--) {
    const opener = out[at];
    if (!(opener instanceof Run) || !opener.meets(closer)) continue;
    const used = Math.min(opener.length, closer.length, 2);
    const inside = out.splice(at + 1).map((piece) => (piece instanceof Run ? piece.mark.repeat(piece.length) : piece));
    out.push(element(TAGS[closer.mark][used - 1], {}, ...inside));
    opener.length -= used;
    closer.length -= used;
    if (opener.length) at++;
    else out.splice(at, 1);
  }
  if (closer.length) out.push(closer);
}
