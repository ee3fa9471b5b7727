// Faults of calls: orders, lists and removes them.

import { call } from "./api.js";
import { byId, h, keyed, say, setText } from "./dom.js";
import { count, number, product, words } from "./format.js";
import { choice, field, submit } from "./forms.js";
import { seenOperations } from "./journal.js";
import { setCount } from "./views.js";

const PRODUCTS = ["tke", "ccs", "tcr", "cce", "ack", "sts"];

const whole = (name, label, value, least = 0) => ({ name, label, value, type: "number", min: least, step: 1 });

/** The kinds of effects, with the members of each. */
const KINDS = {
  throttle: { text: "Too many calls: the product's own code", members: [] },
  refuse: { text: "Refused with a code", members: [{ name: "code", label: "Error code", required: true }, { name: "message", label: "Message" }] },
  expired_token: { text: "Expired token", members: [] },
  status: { text: "A proxy's page with a status", members: [{ ...whole("status", "Status", 503, 200), required: true, max: 599 }, whole("retry_after", "Retry-After in seconds", "")] },
  delay: { text: "Delayed response", members: [{ name: "seconds", label: "Seconds", type: "number", value: 2, min: 0, step: "any", required: true }] },
  cut_before: { text: "Cut before the world acts", members: [] },
  cut_after: { text: "Cut after the world has acted", members: [] },
  truncate: { text: "Cut in the middle of the response", members: [] },
  garbage: { text: "Garbage as response", members: [] },
  empty: { text: "Empty body", members: [] },
  content_type: { text: "Wrong content type", members: [{ name: "content_type", label: "Content type", value: "text/html" }] },
  compressed: { text: "Compressed without being asked", members: [] },
  drip: { text: "Slow drip", members: [whole("bytes", "Bytes at once", 1, 1), { name: "pause", label: "Pause in seconds", type: "number", value: 0.1, min: 0, step: "any" }] },
};
const NUMBERS = ["status", "retry_after", "seconds", "bytes", "pause"];

let list, none, clear, operations, changed;

function text(fault) {
  const { kind, ...members } = fault.effect;
  const more = Object.entries(members).map(([name, value]) => `${name} ${value}`).join(", ");
  const what = KINDS[kind]?.text ?? words(kind);
  const calls = [fault.product ? product(fault.product) : "any product", fault.operation ?? "any operation", fault.account ? `account ${fault.account}` : null];
  const first = fault.after ? `after ${count(fault.after, "call")}` : null;
  const times = fault.times === null || fault.times === undefined ? "every call" : count(fault.times, "call");
  return { what: more ? `${what} (${more})` : what, calls: [...calls, first, times].filter(Boolean).join(", ") };
}

async function remove(path, said, button) {
  button.disabled = true;
  try {
    await call("DELETE", path);
    say(said);
    changed();
  } catch (error) {
    setText(none, `${error}`);
    none.hidden = false;
  } finally {
    button.disabled = false;
  }
}

function item(fault) {
  const { what, calls } = text(fault);
  const button = h("button", { type: "button", class: "plain", "aria-label": `Remove: ${what}, ${calls}` }, "Remove");
  button.addEventListener("click", () => remove(`faults/${encodeURIComponent(fault.id)}`, "The fault is removed.", button));
  return h("li", null, h("span", null, what, h("br"), h("span", { class: "muted small calls" })), button);
}

/** Reads the faults that wait for calls. */
export async function refreshFaults() {
  const { faults } = await call("GET", "faults");
  setCount("controls", faults.length ? `${number(faults.length)} ${faults.length === 1 ? "fault" : "faults"}` : "", true);
  keyed(list, faults, (fault) => fault.id, item, (row, fault) => setText(row.querySelector(".calls"), text(fault).calls));
  none.hidden = faults.length > 0;
  setText(none, "No faults wait for calls.");
  clear.hidden = faults.length < 2;
  const seen = seenOperations();
  if (operations.dataset.shown !== String(seen.length)) {
    operations.dataset.shown = String(seen.length);
    operations.replaceChildren(...seen.map(({ product: name, operation }) => h("option", { value: operation, label: product(name) })));
  }
}

function order(form) {
  const values = Object.fromEntries(new FormData(form));
  const given = (name) => values[name] !== undefined && values[name] !== "";
  const read = (name) => (NUMBERS.includes(name) ? Number(values[name]) : values[name]);
  const members = KINDS[values.kind].members.map(({ name }) => name).filter(given);
  const effect = { kind: values.kind, ...Object.fromEntries(members.map((name) => [name, read(name)])) };
  if (values.undocumented) effect.undocumented = true;
  const body = { effect };
  for (const name of ["product", "operation", "account"]) if (given(name)) body[name] = values[name].trim();
  if (given("after")) body.after = Number(values.after);
  if (given("times")) body.times = Number(values.times);
  return body;
}

/** Builds the form and the list. `refresh` is called after a change. */
export function startFaults(refresh) {
  changed = refresh;
  none = h("p", { class: "muted" }, "No faults wait for calls.");
  list = h("ul", { class: "items", "aria-label": "Faults that wait for calls" });
  operations = h("datalist", { id: "operations" });
  clear = h("button", { type: "button", hidden: true }, "Remove all");
  clear.addEventListener("click", () => remove("faults", "All faults are removed.", clear));

  const members = h("div", { class: "fields" });
  const kind = choice("kind", Object.entries(KINDS).map(([value, { text }]) => [value, text]), { id: "fault-kind" });
  kind.addEventListener("change", () => {
    const fields = KINDS[kind.value].members.map(({ label, ...attributes }) => field(label, h("input", attributes)));
    if (kind.value === "refuse") {
      fields.push(h("label", { class: "row field wide" }, h("span", { class: "row" }, h("input", { type: "checkbox", name: "undocumented", value: "true" }), "The code is not documented for the operation")));
    }
    members.replaceChildren(...fields);
    members.hidden = fields.length === 0;
  });
  const form = h(
    "form",
    { id: "fault-form" },
    field("What happens", kind),
    members,
    h(
      "div",
      { class: "fields" },
      field("Product", choice("product", [["", "Any"], ...PRODUCTS.map((name) => [name, product(name)])])),
      field("Operation", h("input", { name: "operation", list: "operations", placeholder: "Any", autocomplete: "off" })),
      field("Account", h("input", { name: "account", placeholder: "Any" })),
      field("Calls that pass before", h("input", { name: "after", type: "number", min: 0, step: 1, placeholder: "0" })),
      field("Calls that it strikes", h("input", { name: "times", type: "number", min: 1, step: 1, placeholder: "All" })),
    ),
    h("div", { class: "row" }, h("button", { class: "main" }, "Order the fault"), clear),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await submit(form, () => call("POST", "faults", { body: order(form) }))) {
      say("The fault is ordered.");
      changed();
    }
  });
  kind.dispatchEvent(new Event("change"));
  byId("faults").append(h("h2", null, "Faults"), none, list, form, operations);
}
