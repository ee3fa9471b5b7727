// Three charts over the last two minutes: calls per second, nodes, pods.

import { setAttribute, svg } from "./dom.js";
import { number } from "./format.js";

const SECONDS = 120;
const HEIGHT = 56;

/** Calls by second of the browser's clock: how many were answered, and how many refused, cut or struck by a fault. */
const calls = new Map();
/** What the world had, once a second. */
const samples = [];
const charts = {};

function second(time = Date.now()) {
  return Math.floor(time / 1000);
}

function forget(now) {
  for (const at of calls.keys()) if (at <= now - SECONDS) calls.delete(at);
  while (samples.length && samples[0].at <= now - SECONDS) samples.shift();
}

/** Counts a call for the chart. `time` is when it arrived, if that was before now. */
export function countCall(good, time = Date.now()) {
  const at = second(Math.min(time, Date.now()));
  if (at <= second() - SECONDS) return;
  const seen = calls.get(at) ?? { good: 0, bad: 0 };
  seen[good ? "good" : "bad"] += 1;
  calls.set(at, seen);
}

/** Forgets everything: another cloud is shown. */
export function clearCharts() {
  calls.clear();
  samples.length = 0;
}

/** Returns the picture of a new chart: `calls`, `nodes` or `pods`. */
export function chart(name, title) {
  const picture = svg("svg", { class: "chart", role: "img", "aria-label": title });
  charts[name] = { picture, title };
  new ResizeObserver(draw).observe(picture);
  return picture;
}

/** Takes the numbers of a state, and draws. */
export function showCharts(state) {
  const at = second();
  const { nodes, ready_nodes: ready, pods, running_pods: running } = state.metrics;
  if (samples.at(-1)?.at === at) samples.pop();
  samples.push({ at, nodes, ready, pods, running });
  draw();
}

function draw() {
  if (!charts.pods) return;
  const now = second();
  forget(now);
  drawCalls(now);
  drawLines("nodes", now, "nodes", "ready");
  drawLines("pods", now, "pods", "running");
}

/** Returns the least round number that is not below a value. */
function roof(value) {
  const unit = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map((step) => step * unit).find((step) => step >= value && Number.isInteger(step));
}

function frame(picture, most) {
  const width = picture.clientWidth || 260;
  const height = picture.clientHeight || HEIGHT;
  setAttribute(picture, "viewBox", `0 0 ${width} ${height}`);
  const bottom = height - 12;
  return {
    width,
    bottom,
    x: (age) => width - (age * width) / SECONDS,
    y: (value) => bottom - (value * (bottom - 10)) / most,
    base: [
      svg("line", { class: "base", x1: 0, x2: width, y1: bottom + 0.5, y2: bottom + 0.5 }),
      svg("line", { class: "base", x1: 0, x2: width, y1: 10.5, y2: 10.5 }),
      svg("text", { x: 0, y: 8 }, number(most)),
      svg("text", { x: 0, y: height - 1 }, "2 min ago"),
      svg("text", { x: width, y: height - 1, "text-anchor": "end" }, "now"),
    ],
  };
}

function drawCalls(now) {
  const { picture } = charts.calls;
  const all = [...calls.entries()];
  const peak = Math.max(0, ...all.map(([, seen]) => seen.good + seen.bad));
  const { x, y, bottom, width, base } = frame(picture, roof(peak));
  const bar = Math.max(1, width / SECONDS - 0.75);
  const bars = all.flatMap(([at, { good, bad }]) => {
    const left = x(now - at + 1);
    const split = y(bad);
    return [
      bad ? svg("rect", { class: "fill-bad", x: left, width: bar, y: split, height: bottom - split }) : null,
      good ? svg("rect", { class: "fill-good", x: left, width: bar, y: y(bad + good), height: split - y(bad + good) }) : null,
    ];
  });
  picture.replaceChildren(...base, ...bars.filter(Boolean));
  const total = all.reduce((sum, [, seen]) => sum + seen.good + seen.bad, 0);
  const refused = all.reduce((sum, [, seen]) => sum + seen.bad, 0);
  setAttribute(picture, "aria-label", `Calls per second, last two minutes: ${total} calls, ${refused} refused or cut, at most ${peak} in a second.`);
}

function drawLines(name, now, total, part) {
  const { picture, title } = charts[name];
  const peak = Math.max(0, ...samples.map((sample) => sample[total]));
  const { x, y, base } = frame(picture, roof(peak));
  const line = (member, mark) => {
    const points = samples.map((sample) => `${x(now - sample.at).toFixed(1)},${y(sample[member]).toFixed(1)}`);
    return svg("polyline", { class: mark, points: points.join(" ") });
  };
  picture.replaceChildren(...base, line(total, "line-idle"), line(part, "line-good"));
  const last = samples.at(-1);
  setAttribute(picture, "aria-label", `${title}, last two minutes: now ${last?.[total] ?? 0}, ${last?.[part] ?? 0} of them ${part}.`);
}
