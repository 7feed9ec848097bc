/* Code in colours: one regular expression a language, whose groups are the classes of what they find. Small on purpose:
   it knows words and signs, not grammar. Knows no page; `code.js` shows what comes of it. */

import { element } from "./element.js";

const any = (words) => words.trim().split(/\s+/).join("|");
const PYTHON_WORDS = any(`
  False None True and as assert async await break case class continue def del elif else except finally for from global if import in is
  lambda match nonlocal not or pass raise return try while with yield
`);
const JS_WORDS = any(`
  async await break case catch class const continue debugger default delete do else export extends false finally for from function if
  import in instanceof interface let new null of return static super switch this throw true try type typeof undefined var void while yield
`);
const BASH_WORDS = any(`
  case do done elif else esac exit export fi for function if in local return select set shift source then until while
`);

const LANGUAGES = {
  python: new RegExp(
    [
      String.raw`(?<comment>#[^\n]*)`,
      String.raw`(?<string>\b[rRbBuUfF]{1,2}(?=["'])|"""(?:\\[^]|[^\\])*?(?:"""|$)|'''(?:\\[^]|[^\\])*?(?:'''|$)` +
        String.raw`|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?)`,
      String.raw`(?<number>\b(?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?j?)(?!\w))`,
      String.raw`(?<mark>@[A-Za-z_][\w.]*)`,
      String.raw`(?<word>\b(?:${PYTHON_WORDS})\b)`,
      String.raw`(?<call>\b[A-Za-z_]\w*(?=\())`,
    ].join("|"),
    "g",
  ),
  js: new RegExp(
    [
      String.raw`(?<comment>//[^\n]*|/\*[^]*?(?:\*/|$))`,
      String.raw`(?<string>"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|${"`"}(?:\\[^]|[^${"`"}\\])*${"`"}?)`,
      String.raw`(?<number>\b(?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?n?)(?!\w))`,
      String.raw`(?<word>\b(?:${JS_WORDS})\b)`,
      String.raw`(?<call>\b[A-Za-z_$][\w$]*(?=\())`,
    ].join("|"),
    "g",
  ),
  json: new RegExp(
    [
      String.raw`(?<call>"(?:\\.|[^"\\\n])*"(?=\s*:))`,
      String.raw`(?<string>"(?:\\.|[^"\\\n])*"?)`,
      String.raw`(?<number>-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)`,
      String.raw`(?<word>\b(?:true|false|null)\b)`,
    ].join("|"),
    "g",
  ),
  bash: new RegExp(
    [
      String.raw`(?<comment>(?<![^\s;])#[^\n]*)`,
      String.raw`(?<string>"(?:\\[^]|[^"\\])*"?|'[^']*'?)`,
      String.raw`(?<mark>\$(?:\w+|\{[^}\n]*\}|[@#?*$!-]))`,
      String.raw`(?<word>(?<![\w-])(?:${BASH_WORDS})(?![\w-]))`,
      String.raw`(?<number>(?<![\w.-])\d+(?![\w.-]))`,
    ].join("|"),
    "g",
  ),
};
const NAMES = {
  ...{ py: "python", python3: "python", javascript: "js", jsx: "js", mjs: "js", ts: "js", typescript: "js" },
  ...{ jsonl: "json", sh: "bash", shell: "bash", zsh: "bash", console: "bash" },
};
const MOST = 100_000; // characters in colours; what is longer stays plain

/** The name that a fence's language goes by here. */
export function languageOf(name) {
  const small = name.toLowerCase();
  return NAMES[small] ?? small;
}

/** The nodes of some code; of a language that is not known, its text. */
export function highlighted(code, language) {
  const rules = Object.hasOwn(LANGUAGES, language) && code.length <= MOST ? LANGUAGES[language] : null;
  if (!rules) return [code];
  const nodes = [];
  let end = 0;
  for (const found of code.matchAll(rules)) {
    const [kind] = Object.entries(found.groups).find(([, text]) => text !== undefined);
    nodes.push(code.slice(end, found.index), element("span", { class: `code-${kind}` }, found[0]));
    end = found.index + found[0].length;
  }
  return [...nodes, code.slice(end)];
}
