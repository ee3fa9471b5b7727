// Which part of the page is shown: beside the cloud on a wide screen, alone on a narrow one.

import { byId, h, setAttribute, setText } from "./dom.js";

const WIDE = matchMedia("(min-width: 64.01rem)");
const VIEWS = { cloud: "Cloud", journal: "Journal", controls: "Controls" };

const counts = {};

function mark() {
  const shown = document.body.dataset.view;
  for (const button of byId("views").children) {
    const to = button.dataset.to;
    const current = to === shown || (WIDE.matches && to === "journal" && shown === "cloud");
    setAttribute(button, "aria-current", current ? "true" : null);
  }
}

/** Shows a view. */
export function showView(name) {
  document.body.dataset.view = name;
  mark();
}

/** Returns the view that is shown. */
export function shownView() {
  return document.body.dataset.view;
}

/** Shows a number beside the name of a view; as a warning if it is one. */
export function setCount(name, text, alarm = false) {
  setText(counts[name], text);
  counts[name].classList.toggle("alarm", alarm);
}

/** Builds the buttons, and lets the links at the top of the page show what they skip to. */
export function startViews() {
  for (const [name, text] of Object.entries(VIEWS)) {
    counts[name] = h("span", { class: "count" });
    byId("views").append(h("button", { type: "button", "data-to": name, onclick: () => showView(name) }, text, " ", counts[name]));
  }
  for (const link of document.querySelectorAll(".skip")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const name = link.hash.slice(1);
      showView(name);
      byId(name).focus();
    });
  }
  WIDE.addEventListener("change", mark);
  mark();
}
