/* Markdown as models write it: paragraphs, headings, lists, quotes, tables, rules, formulas and fenced code, as DOM nodes
   that are made here and never parsed from a string. Text between the marks goes to `inline.js`, code to `code.js`. */

import { codeBlock } from "./code.js";
import { element } from "./element.js";
import { inlineNodes } from "./inline.js";
import { mathNode, readMath } from "./math.js";
import { readTable } from "./table.js";

const FENCE = /^ {0,3}(`{3,}|~{3,})[ \t]*([^`]*)$/;
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+(.*))?$/;
const RULE = /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/;
const QUOTE = /^ {0,3}> ?/;
const MARKER = /^[ \t]*(?:([-*+])|(\d{1,9})[.)])(?:[ \t]+|$)/;
const LOOSE = 2; // spaces that are enough to stand within an item: models seldom count them
const DEEP = 12; // levels of lists and quotes; what lies deeper is text
const MATH_LINES = 200;

/** A text that grows, shown in an element. Only blocks that changed are made anew: a selection, and a program's output, stay. */
export class MarkdownView {
  constructor(host, runs) {
    this.host = host;
    this.runs = runs; // whether Python can be run from it
    this.shown = [];
  }

  /** Show the text; `whole` when nothing more will come. */
  update(text, whole) {
    const blocks = readBlocks(text.split(/\r?\n/), whole);
    const same = blocks.findIndex((block, place) => block.key !== this.shown[place]?.key);
    const kept = same < 0 ? blocks.length : same;
    for (const { node } of this.shown.splice(kept)) node.remove();
    for (const block of blocks.slice(kept)) {
      const node = nodeOf(block, this.runs);
      this.host.append(node);
      this.shown.push({ key: block.key, node });
    }
  }
}

function readBlocks(lines, whole, depth = 0) {
  const blocks = [];
  for (let at = 0; at < lines.length; ) {
    if (!lines[at].trim()) {
      at++;
      continue;
    }
    const block = readFence(lines, at, whole) ?? readBlock(lines, at, whole, depth) ?? readParagraph(lines, at, depth);
    block.key = `${block.kind} ${isOpen(block)}\n${lines.slice(at, block.end).join("\n")}`;
    blocks.push(block);
    at = block.end;
  }
  return blocks;
}

/** Whether a fence in a block, however deep, may still go on. */
function isOpen({ open = false, blocks = [], items = [] }) {
  return open || [...blocks, ...items.flat()].some(isOpen);
}

/** The block that begins at a line, other than a fence; null for a paragraph. */
function readBlock(lines, at, whole, depth) {
  const line = lines[at];
  const heading = HEADING.exec(line);
  if (heading) {
    const text = (heading[2] ?? "").trim().replace(/(^|[ \t])#+$/, "");
    return { kind: "heading", level: heading[1].length, text, end: at + 1 };
  }
  if (RULE.test(line)) return { kind: "rule", end: at + 1 };
  if (depth < DEEP && QUOTE.test(line)) return readQuote(lines, at, whole, depth);
  if (depth < DEEP && MARKER.test(line)) return readList(lines, at, whole, depth);
  return readFormula(lines, at) ?? readTable(lines, at);
}

function readFence(lines, at, whole) {
  const fence = FENCE.exec(lines[at]);
  if (!fence) return null;
  const closing = new RegExp(`^ {0,3}${fence[1][0]}{${fence[1].length},}[ \\t\\r]*$`);
  const indent = widthOf(lines[at]);
  let end = at + 1;
  while (end < lines.length && !closing.test(lines[end])) end++;
  const closed = end < lines.length;
  const code = lines.slice(at + 1, end).map((line) => stripped(line, indent));
  const language = fence[2].trim().split(/\s/)[0];
  return { kind: "code", language, code: code.join("\n"), open: !closed && !whole, end: closed ? end + 1 : end };
}

function readFormula(lines, at) {
  const start = lines[at].length - lines[at].trimStart().length;
  if (!/^(?:\$\$|\\\[)/.test(lines[at].slice(start))) return null;
  const text = lines.slice(at, at + MATH_LINES).join("\n");
  const math = readMath(text, start);
  const rest = math && text.slice(math.end).split("\n", 1)[0].trim();
  // Followed by words it is part of a paragraph; a stop belongs to the formula.
  if (!math || !/^[.,;:]?$/.test(rest)) return null;
  return { kind: "formula", source: math.source, rest, end: at + text.slice(0, math.end).split("\n").length };
}

function readQuote(lines, at, whole, depth) {
  let end = at + 1;
  while (end < lines.length && (QUOTE.test(lines[end]) || continues(lines, end, depth))) end++;
  const inside = lines.slice(at, end).map((line) => line.replace(QUOTE, ""));
  return { kind: "quote", blocks: readBlocks(inside, whole, depth + 1), end };
}

function readList(lines, at, whole, depth) {
  const first = MARKER.exec(lines[at]);
  const items = [];
  let end = at;
  while (end < lines.length) {
    const marker = MARKER.exec(lines[end]);
    if (!marker || RULE.test(lines[end]) || marker[1] !== first[1] || widthOf(lines[end]) < widthOf(lines[at])) break;
    const item = readItem(lines, end, marker, depth);
    items.push(readBlocks(item.lines, whole, depth + 1));
    end = item.end;
  }
  return { kind: "list", start: first[2] === undefined ? null : Number(first[2]), items, end };
}

/** The lines of an item without its marker and their indent, and where it ends; blank lines at its end belong to nobody. */
function readItem(lines, at, marker, depth) {
  const indent = widthOf(lines[at]);
  const width = Math.min(marker[0].length, indent + 5);
  const inside = [lines[at].slice(marker[0].length)];
  let end = at + 1;
  let blank = false;
  for (let place = end; place < lines.length; place++) {
    const line = lines[place];
    if (!line.trim()) {
      blank = true;
      continue;
    }
    const within = widthOf(line) >= indent + LOOSE;
    if (!within && (blank || !continues(lines, place, depth))) break;
    inside.push(...lines.slice(end, place), stripped(line, width));
    end = place + 1;
    blank = false;
  }
  while (end < lines.length && !lines[end].trim() && MARKER.test(lines.slice(end).find((line) => line.trim()) ?? "")) end++;
  return { lines: inside, end };
}

function readParagraph(lines, at, depth) {
  let end = at + 1;
  while (end < lines.length && continues(lines, end, depth)) end++;
  return { kind: "paragraph", text: lines.slice(at, end).map((line) => line.trim()).join("\n"), end };
}

/** Whether a line goes on with the paragraph before it. */
function continues(lines, at, depth) {
  const line = lines[at];
  if (!line.trim() || FENCE.test(line) || HEADING.test(line) || RULE.test(line)) return false;
  if (depth < DEEP && (QUOTE.test(line) || MARKER.test(line))) return false;
  return !readFormula(lines, at) && !readTable(lines, at);
}

function widthOf(line) {
  let width = 0;
  for (const letter of line) {
    if (letter !== " " && letter !== "\t") break;
    width += letter === "\t" ? 4 : 1;
  }
  return width;
}

function stripped(line, width) {
  let at = 0;
  for (let gone = 0; gone < width && (line[at] === " " || line[at] === "\t"); at++) gone += line[at] === "\t" ? 4 : 1;
  return line.slice(at);
}

function nodeOf(block, runs) {
  switch (block.kind) {
    case "heading": // the page's own headings come first
      return element(`h${Math.min(block.level + 2, 6)}`, {}, ...inlineNodes(block.text));
    case "rule":
      return element("hr");
    case "code":
      return codeBlock(block.code, block.language, !block.open, runs);
    case "formula":
      return element("p", { class: "formula" }, mathNode(block.source, true), block.rest);
    case "quote":
      return element("blockquote", {}, ...block.blocks.map((inner) => nodeOf(inner, runs)));
    case "list": {
      const items = block.items.map((blocks) => element("li", {}, ...blocks.map((inner) => nodeOf(inner, runs))));
      return block.start === null ? element("ul", {}, ...items) : element("ol", { start: block.start }, ...items);
    }
    case "table":
      return element("div", { class: "table", role: "group", "aria-label": "Table", tabindex: 0 }, tableNode(block));
    default:
      return element("p", {}, ...inlineNodes(block.text));
  }
}

function tableNode({ head, aligns, rows }) {
  const cell = (tag, text, place) => element(tag, { class: aligns[place] && `align-${aligns[place]}` }, ...inlineNodes(text));
  const row = (tag, cells) => element("tr", {}, ...cells.map((text, place) => cell(tag, text, place)));
  return element("table", {}, element("thead", {}, row("th", head)), element("tbody", {}, ...rows.map((cells) => row("td", cells))));
}
