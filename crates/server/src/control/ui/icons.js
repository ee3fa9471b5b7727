// States as shapes with colours: a state can be told without seeing the colour.

import { h, svg } from "./dom.js";

/** For each condition: its shape, its colour, and whether the shape turns. */
const CONDITIONS = {
  running: { shape: "disc", tone: "good" },
  done: { shape: "disc", tone: "good" },
  creating: { shape: "arc", tone: "moving", turns: true },
  changing: { shape: "arc", tone: "moving", turns: true },
  waiting: { shape: "ring", tone: "idle" },
  deleting: { shape: "minus", tone: "moving" },
  paused: { shape: "bars", tone: "warning" },
  failed: { shape: "triangle", tone: "bad" },
  stopped: { shape: "square", tone: "idle" },
  fault: { shape: "diamond", tone: "warning" },
  refused: { shape: "cross", tone: "bad" },
};

const SHAPES = {
  disc: "M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9z",
  ring: "M6 1a5 5 0 1 0 0 10a5 5 0 1 0 0-10zm0 1.8a3.2 3.2 0 1 1 0 6.4a3.2 3.2 0 1 1 0-6.4z",
  arc: "M6 1a5 5 0 1 1-5 5h1.9a3.1 3.1 0 1 0 3.1-3.1z",
  minus: "M6 1a5 5 0 1 0 0 10a5 5 0 1 0 0-10zM3.3 5.1h5.4v1.8h-5.4z",
  bars: "M2.5 1.5h2.4v9h-2.4zM7.1 1.5h2.4v9h-2.4z",
  triangle: "M6 .8l5.6 10.2h-11.2zM5.3 4.4v3.2h1.4v-3.2zM5.3 8.4v1.4h1.4v-1.4z",
  square: "M2 2h8v8h-8z",
  diamond: "M6 .6l5.4 5.4l-5.4 5.4l-5.4-5.4z",
  cross: "M2.6 1.2l3.4 3.4l3.4-3.4l1.4 1.4l-3.4 3.4l3.4 3.4l-1.4 1.4l-3.4-3.4l-3.4 3.4l-1.4-1.4l3.4-3.4l-3.4-3.4z",
};

/** Returns the colour class of a condition. */
export function tone(condition) {
  return CONDITIONS[condition]?.tone ?? "idle";
}

/** Returns the shape of a condition. */
export function icon(condition) {
  const { shape, tone, turns } = CONDITIONS[condition] ?? { shape: "ring", tone: "idle" };
  return svg(
    "svg",
    { class: `icon ${tone}${turns ? " turns" : ""}`, viewBox: "0 0 12 12", "aria-hidden": "true" },
    svg("path", { d: SHAPES[shape], "fill-rule": "evenodd" }),
  );
}

/** Returns the shape of a condition with a word beside it. */
export function state(condition, word) {
  return h("span", { class: "state" }, icon(condition), h("span", { class: tone(condition) }, word));
}
