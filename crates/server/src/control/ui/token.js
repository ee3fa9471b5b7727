// Asks for the control token of a server that has one.

import { h } from "./dom.js";
import { open } from "./dialog.js";
import { field } from "./forms.js";

/** Asks a person for the token. `again` if one was refused. */
export function askForToken(again) {
  return new Promise((resolve) => {
    const token = h("input", { type: "password", name: "token", required: true, autocomplete: "off" });
    const { body, close } = open({ title: "Control token", narrow: true, closable: false });
    const enter = (event) => {
      event.preventDefault();
      close();
      resolve(token.value.trim());
    };
    body.append(
      h(
        "form",
        { class: "entry-part", onsubmit: enter },
        h("p", null, "This server was started with a control token. It is kept in this tab until the tab is closed."),
        again && h("p", { class: "problem", role: "alert" }, "The server refused that token."),
        field("Token", token),
        h("div", { class: "row" }, h("button", { class: "main" }, "Continue")),
      ),
    );
    token.focus();
  });
}
