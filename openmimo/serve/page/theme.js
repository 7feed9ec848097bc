/* Before anything is drawn: the colours that were chosen, so that the page does not flash in the others.
   Knows nothing else; `settings.js` changes the choice. */
"use strict";
try {
  document.documentElement.dataset.theme = JSON.parse(localStorage.getItem("openmimo.settings") ?? "{}").theme ?? "auto";
} catch {
  document.documentElement.dataset.theme = "auto";
}
