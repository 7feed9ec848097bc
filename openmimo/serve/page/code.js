/* A block of code: its language, its text in colours, a button that copies it and, for Python, one that runs it in the
   server's sandbox and shows what it printed. Knows no chat. */

import { button, element } from "./element.js";
import { highlighted, languageOf } from "./highlight.js";
import { runCode } from "./server.js";

const COPIED = 1500; // milliseconds for which a button says that it has copied

/** A block; `whole` once its last line is there, `runs` where running it is offered. */
export function codeBlock(code, language, whole, runs) {
  const name = languageOf(language);
  const head = element("figcaption", {}, element("span", { class: "language" }, language || "text"));
  const text = element("pre", { tabindex: 0, "aria-label": "Code" }, element("code", {}, ...highlighted(code, name)));
  const block = element("figure", { class: "code" }, head, text);
  if (whole) {
    head.append(copyButton(() => code));
    if (runs && name === "python") head.append(runButton(code, block));
  }
  return block;
}

/** A button that copies what `text()` gives. */
export function copyButton(text) {
  const copy = button("Copy", async () => {
    copy.textContent = (await copied(text())) ? "Copied" : "Not copied";
    setTimeout(() => (copy.textContent = "Copy"), COPIED);
  });
  return copy;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // no clipboard on plain http from another machine: the old way, by a selection
    const area = element("textarea", { readonly: true, class: "unseen" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

function runButton(code, block) {
  let running = null;
  const run = button("Run", async () => {
    if (running) {
      running.abort();
      return;
    }
    running = new AbortController();
    run.textContent = "Stop";
    const output = outputOf(block);
    output.replaceChildren(element("p", { class: "ended" }, "Running …"));
    try {
      output.replaceChildren(...reportNodes(await runCode(code, running.signal)));
    } catch (error) {
      output.replaceChildren(element("p", { class: "ended" }, running.signal.aborted ? "Stopped." : error.message));
    }
    running = null;
    run.textContent = "Run";
  });
  run.title = "Runs on the server, confined: standard library only, no files, no network, nothing to type into it";
  return run;
}

function outputOf(block) {
  const known = block.querySelector(":scope > .output");
  if (known) return known;
  const made = element("div", { class: "output", role: "status", "aria-label": "Output of the program" });
  block.append(made);
  return made;
}

function reportNodes({ stdout, stderr, exit, seconds, truncated, timed_out: late }) {
  const how = late ? "stopped: it took too long" : exit === null ? "ended by the system" : `exit code ${exit}`;
  const printed = stdout || stderr ? "" : ", nothing printed";
  const nodes = [element("p", { class: "ended" }, `${how}, ${seconds.toFixed(2)} s${printed}${truncated ? "; the output was cut" : ""}`)];
  if (stderr) nodes.unshift(element("pre", { class: "stderr", tabindex: 0, "aria-label": "Errors" }, stderr));
  if (stdout) nodes.unshift(element("pre", { class: "stdout", tabindex: 0, "aria-label": "Printed" }, stdout));
  return nodes;
}
