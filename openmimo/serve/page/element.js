/* An element of the page, with attributes, listeners and children. Text goes in as text nodes and never as HTML:
   what a model says comes through here, too. Knows no chat; `markdown.js` and `message.js` use it most. */

/** `element("a", {href, onclick: function}, "text", node)`; an attribute that is null or false is left out, true is an empty one. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.replace(/^on/, ""), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** A button that does something to the thing it stands beside. */
export function button(label, onclick, attributes = {}) {
  return element("button", { type: "button", onclick, ...attributes }, label);
}
