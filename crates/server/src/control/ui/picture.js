// The picture of a cluster: a box for each node, with a dot for each of its pods.

import { svg } from "./dom.js";
import { count } from "./format.js";

const COLUMNS = 4;
const ROWS = 3;
const STEP = 6;
const WIDTH = COLUMNS * STEP + 3;
const HEIGHT = ROWS * STEP + 3;
const GAP = 4;
/** Nodes that a picture shows with their pods; of more it shows small boxes. */
const DETAILED = 10;
/** Small boxes that a picture shows. */
const MOST = 72;
const SMALL = 9;
const SMALL_GAP = 3;

/** Returns the class of a pod by its phase. */
export function podMark(phase) {
  if (phase === "Running") return "";
  if (phase === "Failed" || phase === "Unknown") return "is-failed";
  return phase === "Succeeded" ? "is-done" : "is-waiting";
}

/** Returns the condition of a node: a node that is not ready although nothing is being done to it has failed. */
export function nodeCondition(node) {
  if (node.faults.length || node.condition === "failed") return "failed";
  if (node.condition === "running") return node.ready ? "running" : "failed";
  return node.condition;
}

function nodeMark(node) {
  const condition = nodeCondition(node);
  if (condition === "failed") return "is-broken";
  if (condition === "stopped") return "is-idle";
  return condition === "running" ? "" : "is-moving";
}

function box(node, left, top) {
  const mark = nodeMark(node);
  const parts = [svg("rect", { class: `node ${mark}`, x: left + 0.5, y: top + 0.5, width: WIDTH - 1, height: HEIGHT - 1, rx: 2 })];
  const pods = node.pods;
  if (pods.length > COLUMNS * ROWS) {
    const text = svg("text", { x: left + WIDTH / 2, y: top + HEIGHT / 2 + 3, "text-anchor": "middle" }, String(pods.length));
    parts.push(text);
  } else {
    for (const [index, pod] of pods.entries()) {
      const x = left + 4.5 + (index % COLUMNS) * STEP;
      const y = top + 4.5 + Math.floor(index / COLUMNS) * STEP;
      parts.push(svg("circle", { class: `pod ${podMark(pod.phase)}`, cx: x, cy: y, r: 1.9 }));
    }
  }
  if (mark === "is-broken") {
    parts.push(svg("path", { class: "cross", d: `M${left + WIDTH - 8} ${top + HEIGHT - 8}l5 5m0 -5l-5 5` }));
  }
  return parts;
}

/** Returns what the picture shows, as a text. */
export function pictureText(cluster) {
  const nodes = cluster.nodes;
  const bad = nodes.filter((node) => nodeCondition(node) === "failed").length;
  const pods = nodes.reduce((sum, node) => sum + node.pods.length, 0) + cluster.waiting_pods.length;
  return `${count(nodes.length, "node")}${bad ? `, ${bad} not ready` : ""}, ${count(pods, "pod")}`;
}

function smallBox(node, left, top) {
  const mark = nodeMark(node);
  const parts = [svg("rect", { class: `node is-small ${mark}`, x: left + 0.5, y: top + 0.5, width: SMALL - 1, height: SMALL - 1, rx: 1 })];
  if (mark === "is-broken") parts.push(svg("path", { class: "cross", d: `M${left + 2.5} ${top + 2.5}l4 4m0 -4l-4 4` }));
  return parts;
}

/** Returns the picture, `room` pixels wide at most, or `null` without nodes. */
export function picture(cluster, room) {
  const nodes = cluster.nodes;
  if (nodes.length === 0) return null;
  const small = nodes.length > DETAILED;
  const [boxWidth, boxHeight, gap, draw] = small ? [SMALL, SMALL, SMALL_GAP, smallBox] : [WIDTH, HEIGHT, GAP, box];
  const inRow = Math.max(1, Math.floor((room + gap) / (boxWidth + gap)));
  // What is wrong is shown first if there is no room for all.
  const sorted = nodes.length > MOST ? nodes.toSorted((one, other) => (nodeMark(one) === "") - (nodeMark(other) === "")) : nodes;
  const shown = sorted.slice(0, MOST);
  const boxes = shown.flatMap((node, index) => draw(node, (index % inRow) * (boxWidth + gap), Math.floor(index / inRow) * (boxHeight + gap)));
  let height = Math.ceil(shown.length / inRow) * (boxHeight + gap) - gap;
  if (nodes.length > shown.length) {
    height += 13;
    boxes.push(svg("text", { x: 0, y: height - 2 }, `and ${nodes.length - shown.length} more`));
  }
  const width = Math.max(Math.min(shown.length, inRow) * (boxWidth + gap) - gap, 60);
  return svg("svg", { class: "picture", role: "img", "aria-label": pictureText(cluster), width, height, viewBox: `0 0 ${width} ${height}` }, boxes);
}
