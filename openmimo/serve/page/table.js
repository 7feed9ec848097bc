/* A table of Markdown: its cells as text, and how its columns stand. Knows no nodes; `markdown.js` makes them. */

import { readCode } from "./inline.js";
import { readMath } from "./math.js";

const DELIMITERS = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

/** The table whose heading is a line, or null: it needs as many columns in the line below. */
export function readTable(lines, at) {
  const below = lines[at + 1] ?? "";
  if (!lines[at].includes("|") || !below.includes("|") || !DELIMITERS.test(below)) return null;
  const head = cellsOf(lines[at]);
  const aligns = cellsOf(below).map(alignment);
  if (head.length !== aligns.length) return null;
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|")) end++;
  const rows = lines.slice(at + 2, end).map((line) => {
    const cells = cellsOf(line).slice(0, head.length);
    return [...cells, ...Array(head.length - cells.length).fill("")];
  });
  return { kind: "table", head, aligns, rows, end };
}

function alignment(cell) {
  const [left, right] = [cell.startsWith(":"), cell.endsWith(":")];
  return left && right ? "center" : right ? "right" : left ? "left" : null;
}

/** The cells of a row; a bar that is escaped, or within code or a formula, divides none. */
function cellsOf(line) {
  const text = line.trim().replace(/^\|/, "");
  const cells = [""];
  for (let at = 0; at < text.length; ) {
    const part = wholePart(text, at);
    if (part === "|") cells.push("");
    else cells[cells.length - 1] += part === "\\|" ? "|" : part;
    at += part.length;
  }
  if (cells.at(-1).trim() === "" && cells.length > 1) cells.pop();
  return cells.map((cell) => cell.trim());
}

/** What stands at a place and is not to be divided: code, a formula, an escaped sign, or one letter. */
function wholePart(text, at) {
  const end = (text[at] === "`" ? readCode(text, at) : readMath(text, at))?.end ?? at + (text[at] === "\\" ? 2 : 1);
  return text.slice(at, end);
}
