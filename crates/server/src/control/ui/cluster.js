// One cluster with its work, pools, nodes and pods, and what can go wrong with a node.

import { call } from "./api.js";
import { h, keyed, say, setText } from "./dom.js";
import { open } from "./dialog.js";
import { count, product, VENDORS, words } from "./format.js";
import { icon, state as stateMark } from "./icons.js";
import { nodeCondition, podMark } from "./picture.js";
import { machineFaults } from "./mishaps.js";
import { workCells, workOf } from "./work.js";

/** Pods that are listed for a node. */
const PODS = 60;

let shown = null;
let refresh = () => {};

/** Sets what is called after something was broken or repaired. */
export function onClusterChange(action) {
  refresh = action;
}

async function mishap(body, problem, said) {
  problem.hidden = true;
  try {
    await call("POST", "mishaps", { body });
    say(said);
    refresh();
  } catch (error) {
    setText(problem, `${error}`);
    problem.hidden = false;
  }
}

function pods(list) {
  const rows = list.slice(0, PODS).map((pod) => {
    const phase = pod.phase === "Running" ? h("span", { class: "unseen" }, "Running") : h("span", { class: "muted" }, pod.phase);
    return h("li", null, h("i", { class: `pod-mark ${podMark(pod.phase)}` }), h("span", { class: "cut" }, `${pod.namespace}/${pod.name}`), phase);
  });
  const more = list.length - PODS;
  return [h("ul", { class: "pod-list" }, rows), more > 0 ? h("p", { class: "muted small" }, `and ${more} more`) : null].filter(Boolean);
}

function nodeItem() {
  const facts = h("span", { class: "row" });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const kind = h("select", { "aria-label": "What goes wrong" }, machineFaults().map((name) => h("option", { value: name, selected: name === "kubelet" }, words(name))));
  const breaks = h("button", { type: "button" }, "Break");
  const repairs = h("button", { type: "button" }, "Repair");
  const reclaims = h("button", { type: "button" }, "Reclaim");
  const actions = h("span", { class: "do", hidden: true }, kind, breaks, repairs, reclaims);
  const more = h("button", { type: "button", class: "plain more", "aria-expanded": "false" }, "Mishaps");
  more.addEventListener("click", () => {
    actions.hidden = !actions.hidden;
    more.setAttribute("aria-expanded", String(!actions.hidden));
  });
  return h("li", null, h("div", { class: "node-row" }, facts, actions, more), problem, h("div", { class: "node-pods" }));
}

function updateNode(item, { node, cluster }) {
  const [facts, actions, more] = item.firstChild.children;
  const [kind, breaks, repairs, reclaims] = actions.children;
  const problem = item.children[1];
  const about = { cluster, node: node.machine || node.name };
  item.dataset.node = about.node;
  kind.setAttribute("aria-label", `What goes wrong with ${node.name}`);
  breaks.onclick = () => mishap({ kind: "node_breaks", ...about, fault: kind.value }, problem, `${node.name} breaks: ${words(kind.value)}.`);
  repairs.onclick = () => mishap({ kind: "node_repaired", ...about }, problem, `${node.name} is repaired.`);
  reclaims.onclick = () => mishap({ kind: "machine_reclaimed", ...about }, problem, `The machine of ${node.name} is reclaimed.`);
  for (const button of [breaks, repairs, reclaims, more]) button.setAttribute("aria-label", `${button.textContent}: ${node.name}`);
  repairs.disabled = node.faults.length === 0 && nodeCondition(node) !== "failed";
  const condition = nodeCondition(node);
  const details = [node.role === "worker" ? null : words(node.role), node.machine, node.instance_type, node.zone].filter(Boolean).join(" · ");
  facts.replaceChildren(
    h("span", { class: "name" }, icon(condition), node.name),
    stateMark(condition, node.ready ? node.state : `${node.state}, not ready`),
    h("span", { class: "muted small" }, details),
    ...(node.faults.length ? [h("span", { class: "bad small" }, node.faults.map(words).join(", "))] : []),
  );
  facts.firstChild.firstChild.remove();
  item.lastChild.replaceChildren(...(node.pods.length ? pods(node.pods) : [h("p", { class: "muted small" }, "No pods.")]));
}

function poolRow(pool) {
  const limits = pool.min === null && pool.max === null ? "" : `${pool.min ?? "–"} to ${pool.max ?? "–"}`;
  const size = pool.desired === pool.actual ? String(pool.actual) : `${pool.actual} of ${pool.desired}`;
  return h(
    "tr",
    null,
    h("td", null, pool.name || pool.id),
    h("td", null, words(pool.kind)),
    h("td", null, stateMark(pool.condition, pool.state)),
    h("td", { class: pool.desired === pool.actual ? null : "moving" }, size),
    h("td", { class: "muted" }, limits),
  );
}

function draw(state) {
  const { key, dialog, parts } = shown;
  const cluster = state.clusters.find((other) => other.id === key.id && other.product === key.product && other.account === key.account && other.region === key.region);
  parts.gone.hidden = cluster !== undefined;
  if (!cluster) return;
  dialog.setTitle(cluster.name || cluster.id);
  const json = JSON.stringify([cluster.state, cluster.version, cluster.pools, workOf(state, cluster)]);
  if (json !== shown.json) {
    shown.json = json;
    const facts = [
      ["State", stateMark(cluster.condition, cluster.state)],
      ["Product", `${VENDORS[cluster.product] ?? ""} ${product(cluster.product)}`.trim()],
      ["Version", cluster.version],
      ["Identifier", h("code", null, cluster.id)],
      ["Region", cluster.region],
      ["Account", cluster.account],
    ];
    parts.facts.replaceChildren(...facts.map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, value))));
    const work = workOf(state, cluster);
    parts.work.hidden = work.length === 0;
    parts.work.lastChild.replaceChildren(...work.map((item) => h("li", null, workCells(item, ""))));
    parts.pools.hidden = cluster.pools.length === 0;
    parts.poolRows.replaceChildren(...cluster.pools.map(poolRow));
  }
  setText(parts.nodeTitle, count(cluster.nodes.length, "node"));
  keyed(parts.nodes, cluster.nodes.map((node) => ({ node, cluster: cluster.id })), ({ node }) => `${node.machine}/${node.name}`, nodeItem, updateNode);
  parts.waiting.hidden = cluster.waiting_pods.length === 0;
  const waiting = JSON.stringify(cluster.waiting_pods);
  if (waiting !== shown.waiting) {
    shown.waiting = waiting;
    parts.waiting.lastChild.replaceChildren(...pods(cluster.waiting_pods));
  }
}

/** Shows a state in the opened cluster, if one is open. */
export function showOpenCluster(state) {
  if (shown) draw(state);
}

/** Opens a cluster. */
export function showCluster(cluster) {
  const dialog = open({ title: cluster.name || cluster.id, closed: () => (shown = null) });
  const headings = ["Pool", "Kind", "State", "Nodes", "Limits"].map((title) => h("th", { scope: "col" }, title));
  const poolRows = h("tbody");
  const nodeTitle = h("h3", null, "Nodes");
  const parts = {
    gone: h("p", { class: "problem", role: "status", hidden: true }, "This cluster is gone."),
    facts: h("dl", { class: "facts in-columns" }),
    work: h("section", { class: "entry-part" }, h("h3", null, "Under way"), h("ul", { class: "work-list" })),
    pools: h("section", { class: "entry-part" }, h("h3", null, "Pools"), h("table", null, h("thead", null, h("tr", null, headings)), poolRows)),
    poolRows,
    nodeTitle,
    nodes: h("ul", { class: "node-list" }),
    waiting: h("section", { class: "entry-part" }, h("h3", null, "Pods without a node"), h("div")),
  };
  dialog.body.append(parts.gone, parts.facts, parts.work, parts.pools, h("section", { class: "entry-part" }, nodeTitle, parts.nodes), parts.waiting);
  shown = { key: cluster, dialog, parts, json: null, waiting: null };
  refresh();
}
