// Light, dark, or as the system is.

import { byId, h } from "./dom.js";

const KEPT = "wharf-theme";

function apply(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** Shows the switch, and applies what was chosen before. */
export function startTheme() {
  const kept = localStorage.getItem(KEPT) ?? "system";
  const names = { system: "System", light: "Light", dark: "Dark" };
  const options = Object.entries(names).map(([value, text]) => h("option", { value, selected: value === kept }, text));
  const change = (event) => {
    localStorage.setItem(KEPT, event.target.value);
    apply(event.target.value);
  };
  byId("theme").append(h("select", { "aria-label": "Theme", onchange: change }, options));
  apply(kept);
}
