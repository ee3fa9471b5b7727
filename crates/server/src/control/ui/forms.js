// Fields of forms, and refusals shown at the field that they name.

import { h } from "./dom.js";
import { Refused } from "./api.js";

/** Returns a labelled field. `control` has the name that refusals use. */
export function field(label, control, { wide = false } = {}) {
  return h("label", { class: wide ? "field wide" : "field" }, h("span", null, label), control);
}

/** Returns a list to choose from; an option is a text or a pair of value and text. */
export function choice(name, options, properties) {
  const items = options.map((option) => {
    const [value, text] = Array.isArray(option) ? option : [option, option];
    return h("option", { value }, text);
  });
  return h("select", { name, ...properties }, items);
}

/** Removes what an earlier refusal showed. */
function clear(form) {
  for (const problem of form.querySelectorAll(".problem")) problem.remove();
  for (const control of form.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-describedby");
  }
}

/** Shows why a form was refused: at the field that the refusal names, else at the end of the form. */
export function showProblem(form, error) {
  clear(form);
  const place = error instanceof Refused ? error.place.split(/[./[\]]/).filter(Boolean).at(-1) : undefined;
  const control = place && form.elements.namedItem(place);
  const text = error instanceof Refused ? error.toString() : `${error.message}`;
  const problem = h("p", { class: "problem", role: "alert", id: `problem-${form.id}` }, text);
  if (control instanceof HTMLElement) {
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", problem.id);
    control.closest(".field")?.append(problem);
    control.focus();
  }
  if (!problem.isConnected) form.append(problem);
}

/** Runs what a form does while its buttons are disabled, and shows why it failed. Returns whether it succeeded. */
export async function submit(form, action) {
  const buttons = [...form.querySelectorAll("button")].filter((button) => !button.disabled);
  const origin = document.activeElement;
  for (const button of buttons) button.disabled = true;
  try {
    await action();
    clear(form);
    return true;
  } catch (error) {
    showProblem(form, error);
    return false;
  } finally {
    for (const button of buttons) button.disabled = false;
    // A button that is disabled loses the focus.
    if (document.activeElement === document.body && form.contains(origin)) origin.focus();
  }
}
