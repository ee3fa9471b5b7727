// The image registries as tiles, and one with its repositories.

import { byId, h, keyed } from "./dom.js";
import { open } from "./dialog.js";
import { count, product } from "./format.js";
import { icon, state as stateMark, tone } from "./icons.js";

/** Tags that a line shows. */
const TAGS = 20;

let list;

function showRegistry(registry) {
  const { body } = open({ title: `${product(registry.product)} ${registry.name || registry.id}` });
  const facts = [
    ["State", stateMark(registry.condition, registry.state)],
    ["Identifier", h("code", null, registry.id)],
    ["Region", registry.region || "all"],
    ["Account", registry.account || "all"],
    ["Namespaces", registry.namespaces.join(", ") || "none"],
  ];
  const rows = registry.repositories.map((repository) => {
    const more = repository.tags.length - TAGS;
    const tags = repository.tags.slice(0, TAGS).join(", ") + (more > 0 ? ` and ${more} more` : "");
    return h("tr", null, h("td", null, repository.name), h("td", { class: "mono" }, tags || "no tags"));
  });
  body.append(
    h("dl", { class: "facts" }, facts.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)])),
    rows.length
      ? h("table", null, h("thead", null, h("tr", null, h("th", null, "Repository"), h("th", null, "Tags"))), h("tbody", null, rows))
      : h("p", { class: "muted" }, "No repositories."),
  );
}

function update(item, registry) {
  const button = item.firstChild;
  button.className = `tile is-${registry.condition}`;
  button.onclick = () => showRegistry(registry);
  const counts = [
    count(registry.namespaces.length, "namespace"),
    count(registry.repositories.length, "repository", "repositories"),
    count(registry.images, "image"),
  ];
  button.replaceChildren(
    h("span", { class: "tile-name" }, icon(registry.condition), h("span", { class: "cut" }, registry.name || registry.id)),
    h(
      "span",
      { class: "tile-facts cut" },
      h("span", { class: registry.condition === "running" ? null : tone(registry.condition) }, registry.state),
      ` · ${product(registry.product)}`,
      registry.region ? ` · ${registry.region}` : null,
    ),
    h("span", { class: "tile-facts" }, counts.join(" · ")),
  );
}

/** Shows the registries of a state. */
export function showRegistries(state) {
  if (!list) {
    list = h("ul", { class: "tiles" });
    byId("registries").append(h("div", { class: "section-head" }, h("h2", null, "Registries")), list);
  }
  byId("registries").hidden = state.registries.length === 0;
  keyed(
    list,
    state.registries,
    (registry) => [registry.product, registry.account, registry.region, registry.id].join("/"),
    () => h("li", null, h("button", { type: "button", class: "tile" })),
    update,
  );
}
