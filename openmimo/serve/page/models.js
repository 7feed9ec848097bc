/* Which model answers. A model that can reason has a second id for answers without: here that is a switch.
   Knows no conversation; `chat.js` asks it for an id. */

import { element } from "./element.js";
import { fetchModels } from "./server.js";

const NO_THINK = "-nothink"; // as `served.py` has it

/** The choice of a model. */
export class Models {
  constructor(select, think, settings) {
    Object.assign(this, { select, think, settings, ids: [] });
    select.addEventListener("change", () => this.#chosen());
    think.addEventListener("change", () => this.#chosen());
  }

  /** The id to ask for, or null while none is known. */
  get id() {
    const name = this.select.value;
    return !name ? null : this.#switches(name) && !this.think.checked ? name + NO_THINK : name;
  }

  /** Ask the server what it has; throws `ServerError`. */
  async load() {
    this.ids = await fetchModels();
    const names = this.ids.filter((id) => !id.endsWith(NO_THINK) || !this.ids.includes(id.slice(0, -NO_THINK.length)));
    this.select.replaceChildren(...names.map((name) => element("option", { value: name }, name)));
    const { model, think } = this.settings.values;
    if (names.includes(model)) this.select.value = model;
    this.think.checked = think;
    this.#show();
  }

  #switches(name) {
    return this.ids.includes(name + NO_THINK);
  }

  #chosen() {
    this.settings.set({ model: this.select.value, think: this.think.checked });
    this.#show();
  }

  #show() {
    this.think.closest("label").hidden = !this.#switches(this.select.value);
  }
}
