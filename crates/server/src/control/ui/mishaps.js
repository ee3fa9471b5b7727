// What goes wrong in the world: machines break, stock runs out, work fails.

import { call } from "./api.js";
import { byId, h, keyed, say, setText } from "./dom.js";
import { product, words } from "./format.js";
import { choice, field, submit } from "./forms.js";

const PRODUCTS = ["tke", "ccs", "cce", "ack"];

/** The kinds, each with its fields. `repair` is the kind that puts it right. */
const KINDS = {
  node_breaks: { text: "A node breaks", fields: ["node", "fault"] },
  machine_reclaimed: { text: "A machine is reclaimed", fields: ["node"] },
  sold_out: { text: "Machines are sold out", fields: ["product", "zone", "instance_type"] },
  next_fails: { text: "The next work fails", fields: ["point", "reason"] },
  registry_fails: { text: "The creation of a registry fails", fields: ["registry", "reason"] },
};

let known = { machine_faults: [], points: [], waiting: [], broken: [], sold_out: [] };
let latest = null;
let list, nodes, registries, changed;

/** Returns the names of what can go wrong with a machine. */
export function machineFaults() {
  return known.machine_faults;
}

function control(name) {
  switch (name) {
    case "node": return field("Node", h("input", { name, required: true, list: "node-names", placeholder: "Name or machine" }));
    case "fault": return field("What goes wrong", choice(name, known.machine_faults.map((value) => [value, words(value)])));
    case "product": return field("Product", choice(name, PRODUCTS.map((value) => [value, product(value)])));
    case "zone": return field("Zone", h("input", { name, placeholder: "All zones" }));
    case "instance_type": return field("Machine type", h("input", { name, placeholder: "All types" }));
    case "point": return field("Work", choice(name, known.points.map((value) => [value, words(value)])));
    case "reason": return field("Reason", h("input", { name, placeholder: "Injected by a person" }));
    default: return field("Registry", h("input", { name, required: true, list: "registry-names" }));
  }
}

function undo(body, said) {
  const button = h("button", { type: "button", class: "plain" }, body.kind === "in_stock" ? "In stock again" : "Repair");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await call("POST", "mishaps", { body });
      say(said);
      changed();
    } catch (error) {
      button.disabled = false;
      setText(button, `${error}`);
    }
  });
  return button;
}

/** Returns all that is wrong now, as lines. */
function lines() {
  const broken = known.broken.map((item) => ({
    text: `${item.node}: ${item.faults.map(words).join(", ")}`,
    undo: { kind: "node_repaired", cluster: item.cluster, node: item.machine },
  }));
  const sold = known.sold_out.map(({ product: name, account, region, zone, instance_type: type }) => ({
    text: `${product(name)}: ${type} sold out in ${zone}`,
    undo: { kind: "in_stock", product: name, account, region, zone, instance_type: type },
  }));
  const waiting = known.waiting.map(({ point, reason }, index) => ({ text: `Next fails: ${words(point)}${reason ? ` (${reason})` : ""}`, index }));
  return [...broken, ...sold, ...waiting];
}

function draw() {
  const shown = lines();
  list.hidden = shown.length === 0;
  keyed(list, shown, (line) => JSON.stringify(line), (line) => {
    return h("li", null, h("span", null, line.text), line.undo ? undo(line.undo, `${line.text}: put right.`) : null);
  });
}

/** Reads what is wrong now. */
export async function refreshMishaps() {
  const fresh = await call("GET", "mishaps");
  const other = JSON.stringify([fresh.machine_faults, fresh.points]) !== JSON.stringify([known.machine_faults, known.points]);
  known = fresh;
  if (other) byId("mishap-kind")?.dispatchEvent(new Event("change"));
  draw();
}

/** Shows the names of a state as suggestions. */
export function showMishapNames(state) {
  const names = state.clusters.flatMap((cluster) => cluster.nodes.map((node) => [node.machine || node.name, `${cluster.name || cluster.id}: ${node.name}`]));
  const json = JSON.stringify([names, state.registries.map((registry) => registry.id)]);
  if (json === latest) return;
  latest = json;
  nodes.replaceChildren(...names.slice(0, 500).map(([value, label]) => h("option", { value, label })));
  registries.replaceChildren(...state.registries.map((registry) => h("option", { value: registry.id, label: registry.name })));
}

/** Builds the form and the list. `refresh` is called after a change. */
export function startMishaps(refresh) {
  changed = refresh;
  nodes = h("datalist", { id: "node-names" });
  registries = h("datalist", { id: "registry-names" });
  list = h("ul", { class: "items", "aria-label": "What is wrong now" });
  const fields = h("div", { class: "fields" });
  const kind = choice("kind", Object.entries(KINDS).map(([value, { text }]) => [value, text]), { id: "mishap-kind" });
  kind.addEventListener("change", () => fields.replaceChildren(...KINDS[kind.value].fields.map(control)));
  const form = h(
    "form",
    { id: "mishap-form" },
    field("Mishap", kind),
    fields,
    h("div", { class: "row" }, h("button", { class: "main" }, "Let it happen")),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = Object.entries(Object.fromEntries(new FormData(form))).filter(([, value]) => value !== "");
    const text = KINDS[kind.value].text;
    if (await submit(form, () => call("POST", "mishaps", { body: Object.fromEntries(values) }))) {
      say(`${text}.`);
      changed();
    }
  });
  kind.dispatchEvent(new Event("change"));
  byId("mishaps").append(h("h2", null, "Mishaps"), list, form, nodes, registries);
  draw();
}
