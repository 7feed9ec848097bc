/* What can be set: temperature, length, colours, and the server's key. All but the key is kept in this browser; the key goes
   when the tab is closed. Knows no conversation. */

import { apiKey, setApiKey } from "./server.js";

const PLACE = "openmimo.settings";
const UNSET = { temperature: null, max_tokens: null, theme: "auto", model: null, think: true };

/** The settings and their panel. */
export class Settings {
  /** `saved` is called when the panel is closed, and told whether the key is another. */
  constructor(dialog, saved) {
    this.values = read();
    this.dialog = dialog;
    this.field = (name) => dialog.querySelector(`[name=${name}]`);
    dialog.querySelector(".close").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => saved(this.#take()));
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.target.matches("input")) return;
      event.preventDefault(); // or it would press the button that opened the panel, which now has the focus again
      dialog.close();
    });
    this.field("theme").addEventListener("change", ({ target }) => this.set({ theme: target.value }));
  }

  /** Open the panel; with `asked`, because the server wants a key. */
  open(asked = false) {
    this.field("temperature").value = this.values.temperature ?? "";
    this.field("max_tokens").value = this.values.max_tokens ?? "";
    this.field("theme").value = this.values.theme;
    this.field("key").value = apiKey();
    this.dialog.querySelector("#key-asked").hidden = !asked;
    this.dialog.querySelector("#key-part").hidden = !asked && !apiKey();
    if (!this.dialog.open) this.dialog.showModal();
    if (asked) this.field("key").focus();
  }

  /** Change some values, and keep them. */
  set(changes) {
    Object.assign(this.values, changes);
    document.documentElement.dataset.theme = this.values.theme;
    try {
      localStorage.setItem(PLACE, JSON.stringify(this.values));
    } catch {
      // they last as long as the page
    }
  }

  /** What a request says of sampling; what is not set is left to the server. */
  sampling() {
    const { temperature, max_tokens } = this.values;
    return { ...(temperature === null ? {} : { temperature }), ...(max_tokens === null ? {} : { max_tokens }) };
  }

  #take() {
    const number = (name, whole) => {
      const { value, validity } = this.field(name);
      return value === "" || !validity.valid ? null : whole ? Math.round(Number(value)) : Number(value);
    };
    this.set({ temperature: number("temperature", false), max_tokens: number("max_tokens", true) });
    const changed = this.field("key").value.trim() !== apiKey();
    setApiKey(this.field("key").value.trim());
    return changed;
  }
}

function read() {
  try {
    return { ...UNSET, ...JSON.parse(localStorage.getItem(PLACE) ?? "{}") };
  } catch {
    return { ...UNSET };
  }
}
