// Dialogs: one at a time over the page, closed by Escape, a button or a click beside it.

import { h, setText } from "./dom.js";

let opened = 0;

/**
 * Opens a dialog and returns it with its parts: `body`, `setTitle(text)`, `close()`. The focus returns to where it was
 * when it closes. `closed` is called then.
 */
export function open({ title, narrow = false, closable = true, before = [], closed }) {
  opened += 1;
  const heading = h("h2", { id: `dialog-${opened}` }, title);
  const body = h("div", { class: "dialog-body" });
  const close = h("button", { type: "button", onclick: () => element.close() }, "Close");
  const element = h(
    "dialog",
    { "aria-labelledby": heading.id, class: narrow ? "narrow" : null },
    h("div", { class: "dialog-head" }, heading, before, closable && close),
    body,
  );
  const origin = document.activeElement;
  element.addEventListener("cancel", (event) => {
    if (!closable) event.preventDefault();
  });
  element.addEventListener("click", (event) => {
    if (closable && event.target === element) element.close();
  });
  element.addEventListener("close", () => {
    element.remove();
    if (origin?.isConnected) origin.focus();
    closed?.();
  });
  document.body.append(element);
  element.showModal();
  return { element, body, setTitle: (text) => setText(heading, text), close: () => element.close() };
}
