// The journal, live: the newest request first.

import { call, follow, Unreachable } from "./api.js";
import { countCall } from "./charts.js";
import { byId, h, setText } from "./dom.js";
import { outcome, result, showEntry } from "./entry.js";
import { choice } from "./forms.js";
import { duration, number, product, timeOfDay } from "./format.js";
import { icon } from "./icons.js";
import { setCount } from "./views.js";

/** Entries that the page keeps, and rows that it shows. */
const KEPT = 2000;
const SHOWN = 300;
const OUTCOMES = [["", "All"], ["done", "Succeeded"], ["refused", "Refused"], ["fault", "Struck by a fault"]];

/** Entries by sequence; the last ones. */
const entries = new Map();
let list, none, search, filter, pause, note;
let paused = false;
let missed = 0;
let due = false;
let stop = new AbortController();
/** The row that the Tab key reaches. */
let current = null;

/** Returns the operations that were called, for suggestions: pairs of product and operation. */
export function seenOperations() {
  const seen = new Map();
  for (const { product: name, operation } of entries.values()) {
    if (operation && name) seen.set(`${name}/${operation}`, { product: name, operation });
  }
  return [...seen.values()];
}

function fits(entry) {
  if (filter.value && outcome(entry) !== filter.value) return false;
  const text = search.value.trim().toLowerCase();
  if (!text) return true;
  const searched = [entry.product, entry.operation, entry.code, entry.status, entry.account, entry.caller, entry.region, entry.request_id];
  return searched.some((value) => value !== null && value !== undefined && String(value).toLowerCase().includes(text));
}

function shownEntries() {
  const shown = [];
  for (const entry of [...entries.values()].reverse()) {
    if (!fits(entry)) continue;
    shown.push(entry);
    if (shown.length === SHOWN) break;
  }
  return shown;
}

function row(entry) {
  const kind = outcome(entry);
  const bad = kind !== "done";
  return h(
    "li",
    null,
    h(
      "button",
      {
        type: "button",
        class: `call is-${kind}`,
        "data-sequence": entry.sequence,
        tabindex: -1,
        onclick: () => openEntry(entry.sequence),
        onfocus: (event) => makeCurrent(event.currentTarget),
      },
      icon(kind),
      h("span", { class: "time" }, timeOfDay(entry.time)),
      h("span", { class: "product" }, product(entry.product)),
      h("span", { class: "operation cut" }, entry.operation || `${entry.method} ${entry.target ?? ""}`),
      h("span", { class: "duration" }, bad ? duration(entry.duration_ms) : `${entry.status} · ${duration(entry.duration_ms)}`),
      bad ? h("span", { class: `code ${kind === "fault" ? "warning" : "bad"}` }, kind === "fault" ? `${result(entry)}, fault: ${entry.fault}` : result(entry)) : null,
    ),
  );
}

/** One row is in the order of the Tab key; the arrows move among all. */
function makeCurrent(button) {
  if (current && current !== button) current.tabIndex = -1;
  current = button;
  if (button) button.tabIndex = 0;
}

function move(event) {
  const buttons = [...list.querySelectorAll(".call")];
  const at = buttons.indexOf(document.activeElement);
  if (at < 0) return;
  const targets = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 10, PageUp: at - 10, Home: 0, End: buttons.length - 1 };
  const target = targets[event.key];
  if (target === undefined) return;
  event.preventDefault();
  buttons[Math.min(Math.max(target, 0), buttons.length - 1)].focus();
}

/** The rows of the list by sequence, with the entry that each shows. */
const rows = new Map();

function draw() {
  due = false;
  const shown = shownEntries();
  const wanted = new Set(shown.map((entry) => entry.sequence));
  for (const [sequence, { node }] of rows) {
    if (wanted.has(sequence)) continue;
    if (current && node.contains(current)) makeCurrent(null);
    node.remove();
    rows.delete(sequence);
  }
  let next = list.firstChild;
  for (const entry of shown) {
    let kept = rows.get(entry.sequence);
    if (kept && kept.entry !== entry) {
      const node = row(entry);
      const focused = kept.node.contains(document.activeElement);
      if (next === kept.node) next = node;
      kept.node.replaceWith(node);
      kept = { node, entry };
      rows.set(entry.sequence, kept);
      if (focused) node.firstChild.focus();
    } else if (!kept) {
      kept = { node: row(entry), entry };
      rows.set(entry.sequence, kept);
    }
    if (kept.node === next) next = next.nextSibling;
    else list.insertBefore(kept.node, next);
  }
  if (!current?.isConnected) makeCurrent(list.querySelector(".call"));
  none.hidden = shown.length > 0;
  setText(none, entries.size ? "No request fits the filter." : "No request has arrived yet.");
  const notes = [shown.length === SHOWN ? `The newest ${SHOWN}.` : "", missed ? `${number(missed)} were too fast to be shown.` : ""];
  setText(note, notes.filter(Boolean).join(" "));
  note.hidden = note.textContent === "";
}

/** Draws with the next frame, once for all entries that arrive until then. */
function drawSoon() {
  if (due || paused) return;
  due = true;
  if (document.hidden) setTimeout(draw, 500);
  else requestAnimationFrame(draw);
}

function keep(entry) {
  entries.set(entry.sequence, entry);
  while (entries.size > KEPT) entries.delete(entries.keys().next().value);
}

/** Shows how many requests there were in all. */
export function showCalls(state) {
  setCount("journal", number(state.metrics.calls));
}

function openEntry(sequence) {
  const neighbour = (from, step) => {
    const shown = shownEntries().map((entry) => entry.sequence);
    const at = shown.indexOf(from);
    return at < 0 ? null : (shown[at - step] ?? null);
  };
  showEntry(sequence, { neighbour, closed: (last) => rows.get(last)?.node.firstChild.focus() });
}

/** Forgets the entries of the page, and follows the journal anew. */
export function restartJournal() {
  entries.clear();
  missed = 0;
  stop.abort();
  draw();
}

/** Reads what the journal has, and what is after it, until the stream ends. */
async function read() {
  stop = new AbortController();
  const { signal } = stop;
  const early = [];
  let ready = false;
  const live = (entry) => {
    keep(entry);
    countCall(outcome(entry) === "done");
    drawSoon();
  };
  const streamed = follow("journal/stream", {
    signal,
    opened: async () => {
      const { entries: known } = await call("GET", "journal", { query: { limit: KEPT }, signal });
      const again = entries.size > 0;
      if (again) entries.clear();
      for (const entry of known) {
        keep(entry);
        if (!again) countCall(outcome(entry) === "done", new Date(entry.time).getTime());
      }
      ready = true;
      for (const entry of early) live(entry);
      drawSoon();
    },
    take: (event, data) => {
      if (event === "missed") missed += data.missed;
      else if (event === "entry" && ready) live(data);
      else if (event === "entry") early.push(data);
    },
  });
  await streamed;
}

/** Follows the journal for as long as the page is open. */
export async function followJournal() {
  for (;;) {
    const started = Date.now();
    try {
      await read();
    } catch (error) {
      if (!(error instanceof Unreachable) && error.name !== "AbortError" && !(error instanceof TypeError)) setText(none, `${error}`);
    }
    // The server has gone or ends its streams: not more than one try in a second.
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 1000 - (Date.now() - started))));
  }
}

/** Builds the list and its filter. */
export function startJournal(refresh) {
  search = h("input", { type: "search", placeholder: "Search", "aria-label": "Search the journal", oninput: draw });
  filter = choice("outcome", OUTCOMES, { "aria-label": "Filter the journal by outcome", onchange: draw });
  pause = h("button", { type: "button", "aria-pressed": "false" }, "Pause");
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    setText(pause, paused ? "Resume" : "Pause");
    drawSoon();
  });
  const clear = h("button", { type: "button" }, "Clear");
  clear.addEventListener("click", async () => {
    clear.disabled = true;
    try {
      await call("DELETE", "journal");
      restartJournal();
      refresh();
    } catch (error) {
      setText(note, `${error}`);
      note.hidden = false;
    } finally {
      clear.disabled = false;
    }
  });
  none = h("p", { class: "journal-none" });
  note = h("p", { class: "small muted", hidden: true });
  list = h("ol", { class: "journal-rows", "aria-label": "Requests, newest first", onkeydown: move });
  byId("journal").append(
    h("div", { class: "journal-head" }, h("h2", { class: "unseen" }, "Journal"), h("div", { class: "row" }, search, filter, pause, clear), note),
    h("div", { class: "journal-list" }, none, list),
  );
  draw();
}
