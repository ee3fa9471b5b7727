// Jobs, tasks and upgrades, and what happens next by itself.

import { byId, h, keyed, setText } from "./dom.js";
import { number, product, span } from "./format.js";
import { icon, tone } from "./icons.js";

const ACTIVE = ["waiting", "running", "paused"];
/** Failed work that is still shown. */
const FAILED = 3;
/** Pieces of work that are shown. */
const SHOWN = 8;
/** Planned events that are shown. */
const PLANNED = 30;

let planned, plannedList, plannedCount;

/** Returns the work on a cluster that has not ended. */
export function workOf(state, { id, product: name, account, region }) {
  return state.work.filter(
    (work) => work.cluster === id && work.product === name && work.account === account && work.region === region && ACTIVE.includes(work.condition),
  );
}

/** Returns a bar of the steps that are done. */
export function meter({ condition, done, total, kind }) {
  const share = condition === "done" ? 1 : total ? Math.min(done / total, 1) : 0;
  const bar = h("i");
  // A bar that only begins is seen, too.
  bar.style.width = `${Math.max(share * 100, condition === "running" ? 8 : 0)}%`;
  return h(
    "span",
    { class: `meter is-${condition}`, role: "meter", "aria-label": kind, "aria-valuemin": 0, "aria-valuemax": total || 1, "aria-valuenow": total ? Math.min(done, total) : 0 },
    bar,
  );
}

/** Returns the condition whose shape and colour show how work is going. */
export function look({ condition }) {
  return condition === "running" ? "changing" : condition;
}

/** Returns the cells of one piece of work; `about` says what it works on. */
export function workCells(work, about) {
  const steps = work.condition === "running" && work.total ? `${number(work.done)} of ${number(work.total)}` : work.state;
  return [
    h("span", { class: "state cut" }, icon(look(work)), h("span", { class: "cut" }, work.kind, about ? h("span", { class: "muted" }, ` ${about}`) : null)),
    meter(work),
    h("span", { class: `small cut ${tone(look(work))}` }, steps),
    work.reason ? h("span", { class: "reason bad small" }, work.reason) : null,
  ].filter(Boolean);
}

function workRow(row, item) {
  if (item.more) row.replaceChildren(h("span", { class: "more" }, `and ${item.more} more`));
  else row.replaceChildren(...workCells(item, item.about));
}

/** Shows the work that is under way, and the last that failed. */
export function showWork(state) {
  const names = new Map(state.clusters.map((cluster) => [cluster.id, cluster.name]));
  const active = state.work.filter((work) => ACTIVE.includes(work.condition));
  const failed = state.work.filter((work) => work.condition === "failed").slice(-FAILED);
  const all = [...active, ...failed];
  const about = (work) => `${product(work.product)} ${(work.cluster && names.get(work.cluster)) || work.cluster || ""}`.trim();
  const items = all.slice(0, SHOWN).map((work) => ({ ...work, about: about(work) }));
  if (all.length > SHOWN) items.push({ more: all.length - SHOWN });
  const place = byId("work");
  if (!place.hasChildNodes()) {
    place.append(h("div", { class: "section-head" }, h("h2", null, "Work")), h("ul", { class: "panel work-list" }));
  }
  place.hidden = items.length === 0;
  const key = (work) => [work.product, work.account, work.region, work.cluster, work.id, work.kind].join("/");
  keyed(place.lastChild, items, key, () => h("li"), workRow);
}

/** Shows what happens next by itself. */
export function showPlanned(state) {
  if (!planned) {
    plannedCount = h("span", { class: "muted small" });
    plannedList = h("ul", { class: "panel planned-list" });
    planned = h("details", null, h("summary", null, h("h2", null, "Next in world time"), " ", plannedCount), plannedList);
    byId("planned").append(planned);
  }
  byId("planned").hidden = state.planned.length === 0;
  setText(plannedCount, number(state.counts.planned));
  if (!planned.open) return;
  const now = new Date(state.time);
  const items = state.planned.slice(0, PLANNED).map((event, index) => ({ ...event, index, left: span((new Date(event.due) - now) / 1000) }));
  keyed(
    plannedList,
    items,
    (event) => `${event.index}`,
    () => h("li"),
    (row, event) => row.replaceChildren(
      h("span", { class: "muted" }, `in ${event.left}`),
      h("span", { class: "muted" }, product(event.product)),
      h("span", { class: "cut" }, event.what),
      h("span", { class: "muted cut mono" }, event.cluster ?? ""),
    ),
  );
}
