// The clusters of all products as tiles.

import { byId, h, keyed, say, setText } from "./dom.js";
import { count, product, VENDORS } from "./format.js";
import { icon, tone } from "./icons.js";
import { choice } from "./forms.js";
import { nodeCondition, picture } from "./picture.js";
import { showCluster } from "./cluster.js";
import { look, meter, workOf } from "./work.js";

const CONDITIONS = [
  ["", "All states"],
  ["moving", "Moving"],
  ["failed", "Failed or broken"],
  ["running", "Running"],
  ["stopped", "Stopped"],
];
const MOVING = ["creating", "changing", "deleting"];

let search, condition, groups, none, more, latest;
/** The state of each cluster when it was last shown, for the announcements of changes. */
let before = new Map();

/** Returns what tells a cluster from all others. */
export function clusterKey(cluster) {
  return [cluster.product, cluster.account, cluster.region, cluster.id].join("/");
}

function isBroken(cluster) {
  return cluster.condition === "failed" || cluster.nodes.some((node) => node.faults.length > 0);
}

function wanted(cluster) {
  const text = `${cluster.name} ${cluster.id} ${cluster.region} ${cluster.version} ${cluster.product}`.toLowerCase();
  if (!text.includes(search.value.trim().toLowerCase())) return false;
  if (condition.value === "moving") return MOVING.includes(cluster.condition) || cluster.work.length > 0;
  if (condition.value === "failed") return isBroken(cluster);
  return condition.value === "" || cluster.condition === condition.value;
}

function tile() {
  return h("li", null, h("button", { type: "button", class: "tile" }));
}

function poolLines(cluster) {
  const unequal = cluster.pools.filter((pool) => pool.desired !== pool.actual);
  return unequal.slice(0, 2).map((pool) => {
    const size = h("span", { class: "moving" }, `${pool.actual} of ${pool.desired}`);
    return h("span", { class: "tile-line" }, h("span", { class: "cut" }, `Pool ${pool.name || pool.id}`), size);
  });
}

function workLines(cluster) {
  return cluster.work.slice(0, 2).map((work) => {
    const steps = work.total ? `${work.done} of ${work.total}` : work.state;
    return h(
      "span",
      { class: "tile-work" },
      h("span", { class: "tile-line" }, h("span", { class: "cut" }, work.kind), h("span", { class: tone(look(work)) }, steps)),
      meter(work),
    );
  });
}

function update(item, cluster, earlier) {
  const button = item.firstChild;
  const states = ["creating", "running", "changing", "deleting", "failed", "stopped"];
  button.classList.remove(...states.map((name) => `is-${name}`), "is-changed");
  button.classList.add(`is-${cluster.condition}`);
  if (earlier && earlier.state !== cluster.state) {
    // Reading a size lets the animation start anew.
    void button.offsetWidth;
    button.classList.add("is-changed");
  }
  button.dataset.cluster = cluster.id;
  button.onclick = () => showCluster(cluster);
  const pods = cluster.waiting_pods.length;
  const broken = cluster.nodes.filter((node) => nodeCondition(node) === "failed").length;
  const counts = [count(cluster.nodes.length, "node"), cluster.pools.length ? count(cluster.pools.length, "pool") : null];
  button.replaceChildren(
    h("span", { class: "tile-name" }, icon(cluster.condition), h("span", { class: "cut" }, cluster.name || cluster.id)),
    h(
      "span",
      { class: "tile-facts cut" },
      h("span", { class: cluster.condition === "running" ? null : tone(cluster.condition) }, cluster.state),
      ` · ${cluster.version} · ${cluster.region}`,
    ),
    ...[picture(cluster, 168)].filter(Boolean),
    h(
      "span",
      { class: "tile-facts" },
      counts.filter(Boolean).join(" · "),
      broken ? h("span", { class: "bad" }, ` · ${broken} not ready`) : null,
      pods ? h("span", { class: "warning" }, ` · ${count(pods, "pod")} waiting`) : null,
    ),
    ...poolLines(cluster),
    ...workLines(cluster),
  );
}

function group() {
  const title = h("h3", null);
  const summary = h("span", { class: "muted small" });
  return h("section", null, h("div", { class: "product-head" }, title, summary), h("ul", { class: "tiles" }));
}

function updateGroup(section, { name, clusters }) {
  const [title, summary] = section.firstChild.children;
  setText(title, `${VENDORS[name] ?? ""} ${product(name)}`.trim());
  setText(summary, count(clusters.length, "cluster"));
  section.setAttribute("aria-label", title.textContent);
  keyed(section.lastChild, clusters, clusterKey, tile, update);
}

/** Says which clusters have another state than before. */
function sayChanges(clusters) {
  const now = new Map(clusters.map((cluster) => [clusterKey(cluster), cluster]));
  const texts = [];
  for (const [key, cluster] of now) {
    const was = before.get(key);
    if (before.size && was !== cluster.state) texts.push(`${product(cluster.product)} ${cluster.name || cluster.id}: ${cluster.state}`);
  }
  before = new Map(clusters.map((cluster) => [clusterKey(cluster), cluster.state]));
  if (texts.length > 3) say(`${texts.length} clusters changed their state.`);
  else if (texts.length) say(texts.join(". "));
}

function draw() {
  if (!latest) return;
  const clusters = latest.clusters.map((cluster) => ({ ...cluster, work: workOf(latest, cluster) }));
  const shown = clusters.filter(wanted);
  const names = [...new Set(latest.clusters.map((cluster) => cluster.product))].sort((a, b) => (VENDORS[b] ?? "").localeCompare(VENDORS[a] ?? "") || b.localeCompare(a));
  const sections = names.map((name) => ({ name, clusters: shown.filter((cluster) => cluster.product === name) }));
  keyed(groups, sections.filter((section) => section.clusters.length), (section) => section.name, group, updateGroup);
  none.hidden = shown.length > 0 || clusters.length === 0;
  more.hidden = latest.left_out === 0;
  setText(more, `${count(latest.left_out, "thing")} more, which the server leaves out of so large an answer: nodes, pods and others.`);
  byId("clusters").hidden = clusters.length === 0;
}

/** Builds the head of the section, with the search. */
export function startClusters() {
  search = h("input", { type: "search", placeholder: "Name, id, region", "aria-label": "Search clusters", oninput: draw });
  condition = choice("condition", CONDITIONS, { "aria-label": "Filter clusters by state", onchange: draw });
  groups = h("div", { class: "entry-part" });
  none = h("p", { class: "muted", hidden: true }, "No cluster fits the search.");
  more = h("p", { class: "muted", hidden: true });
  byId("clusters").append(
    h("div", { class: "section-head" }, h("h2", null, "Clusters"), h("div", { class: "row" }, search, condition)),
    groups,
    none,
    more,
  );
}

/** Shows the clusters of a state. */
export function showClusters(state) {
  latest = state;
  sayChanges(state.clusters);
  draw();
}

/** Forgets the clusters: another cloud is shown. */
export function clearClusters() {
  before = new Map();
}
