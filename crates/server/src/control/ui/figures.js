// The numbers of the cloud in one row, with their charts.

import { chart } from "./charts.js";
import { byId, h, setAttribute, setText } from "./dom.js";
import { count, number } from "./format.js";
import { tone } from "./icons.js";

const figures = {};

function figure(name, title, picture) {
  const value = h("span", { class: "value" });
  const note = h("span", { class: "note" });
  figures[name] = { value, note };
  return h("div", { class: "figure" }, h("dt", null, title), h("dd", null, value, note, picture));
}

/** Shows a number and the notes beside it: pairs of a text and a condition, or of a text and the mark of a legend. */
function show(name, value, notes) {
  const { value: big, note } = figures[name];
  setText(big, value);
  const texts = JSON.stringify(notes);
  if (note.dataset.shown === texts) return;
  note.dataset.shown = texts;
  note.replaceChildren(...notes.map(([text, condition, mark]) => {
    return h("span", { class: condition ? tone(condition) : null }, mark ? h("i", { class: `swatch ${mark}` }) : null, text);
  }));
}

/** Builds the row. */
export function startFigures() {
  const shares = h("span", { class: "shares", role: "img" });
  figures.shares = shares;
  byId("figures").append(
    figure("clusters", "Clusters", [shares, h("span", { class: "note", id: "registry-count" })]),
    figure("nodes", "Nodes", chart("nodes", "Nodes")),
    figure("pods", "Pods", chart("pods", "Pods")),
    figure("calls", "Calls", chart("calls", "Calls per second")),
  );
}

/** Shows how many clusters there are of each condition, as a bar. */
function showShares(parts) {
  const bar = figures.shares;
  const text = parts.map(([value, word]) => `${value} ${word}`).join(", ");
  if (bar.getAttribute("aria-label") === text) return;
  setAttribute(bar, "aria-label", text);
  bar.replaceChildren(...parts.filter(([value]) => value > 0).map(([value, word]) => {
    const part = h("i", { class: `is-${word}` });
    part.style.flexGrow = value;
    return part;
  }));
}

/** Shows the numbers of a state. */
export function showFigures(state) {
  const { counts, metrics } = state;
  const by = (...conditions) => state.clusters.filter((cluster) => conditions.includes(cluster.condition)).length;
  const [running, moving, failed, stopped] = [by("running"), by("creating", "changing", "deleting"), by("failed"), by("stopped")];
  const clusters = [[`${number(running)} running`]];
  if (moving) clusters.push([`${number(moving)} moving`, "changing"]);
  if (failed) clusters.push([`${number(failed)} failed`, "failed"]);
  show("clusters", number(counts.clusters), clusters);
  showShares([[running, "running"], [moving, "moving"], [failed, "failed"], [stopped, "stopped"]]);
  const registries = [count(counts.registries, "registry", "registries"), count(counts.images, "image")];
  setText(byId("registry-count"), registries.join(", "));

  const unready = metrics.nodes - metrics.ready_nodes;
  const ready = [`${number(metrics.ready_nodes)} ready`, null, "solid"];
  show("nodes", number(metrics.nodes), unready ? [ready, [`${number(unready)} not ready`, "failed"]] : [ready]);
  const idle = metrics.pods - metrics.running_pods;
  const runs = [`${number(metrics.running_pods)} running`, null, "solid"];
  show("pods", number(metrics.pods), idle ? [runs, [`${number(idle)} not`, "paused"]] : [runs]);
  const calls = [["succeeded", null, "fill-good"], ["refused or cut", null, "fill-bad"]];
  show("calls", number(metrics.calls), calls);
}
