// One request of the journal: what arrived, what was answered, and the doctor's verdict on its signature.

import { call } from "./api.js";
import { h } from "./dom.js";
import { open } from "./dialog.js";
import { sides } from "./difference.js";
import { duration, number, product, size, timeOfDay, words } from "./format.js";
import { state } from "./icons.js";

/** Returns what became of a request: `refused`, `fault` or `done`. */
export function outcome(entry) {
  if (entry.fault) return "fault";
  return entry.code || entry.status === null || entry.status >= 400 ? "refused" : "done";
}

/** Returns the result of a request in a few words. */
export function result(entry) {
  if (entry.status === null) return "No answer";
  return entry.code ? `${entry.status} ${entry.code}` : String(entry.status);
}

function facts(list) {
  const shown = list.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return h("dl", { class: "facts" }, shown.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)]));
}

function part(title, ...content) {
  return h("section", { class: "entry-part" }, h("h3", null, title), content);
}

function json(value) {
  const text = typeof value === "string" ? pretty(value) : JSON.stringify(value, null, 2);
  return h("pre", { class: "text-box", tabindex: 0 }, text);
}

/** Returns JSON in lines, any other text as it is. */
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function isEmpty(value) {
  return value === null || value === undefined || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
}

/** Returns a sentence of the doctor, with what it quotes as code. */
function sentence(text) {
  const parts = text.split("`").map((part, index) => (index % 2 ? h("code", null, part) : part));
  if (typeof parts[0] === "string") parts[0] = parts[0].charAt(0).toUpperCase() + parts[0].slice(1);
  return parts;
}

function verdict(entry) {
  const { cause, difference, server_signed: server, client_signed: client } = entry.diagnosis;
  return h(
    "section",
    { class: "entry-part", "aria-label": "The doctor's verdict" },
    h("h3", null, "Why the signature was refused"),
    h("div", { class: "verdict" }, h("p", { class: "cause" }, sentence(cause || difference)), cause && difference ? h("p", { class: "difference" }, sentence(difference)) : null, sides(server, client)),
  );
}

function headers(entry) {
  const list = Array.isArray(entry.headers) ? entry.headers : Object.entries(entry.headers ?? {});
  if (list.length === 0) return null;
  const rows = list.map(([name, value]) => h("tr", null, h("th", { scope: "row" }, name), h("td", { class: "mono" }, String(value))));
  return part("Headers", h("table", null, h("tbody", null, rows)));
}

function show(body, entry) {
  const { signature = {} } = entry;
  const acted = entry.acted ? (entry.shaped ? "No: an empty answer of the documented form" : "Yes") : "No";
  body.replaceChildren(
    ...[
      h(
        "div",
        { class: "entry-columns" },
        facts([
          ["Result", state(outcome(entry), result(entry))],
          ["Signature", [signature.method, signature.verdict && words(signature.verdict).toLowerCase()].filter(Boolean).join(", ")],
          ["The world acted", acted],
          ["Fault", entry.fault],
          ["Took", duration(entry.duration_ms)],
          ["Size", entry.response_bytes === null ? size(entry.bytes) : `${size(entry.bytes)}, response ${size(entry.response_bytes)}`],
        ]),
        facts([
          ["Request", h("code", null, `${entry.method} ${entry.target ?? ""}`)],
          ["Account", entry.account],
          ["Caller", entry.caller],
          ["Region", entry.region],
          ["Arrived", `${timeOfDay(entry.time)} UTC`],
          ["Request id", h("code", null, entry.request_id)],
        ]),
      ),
      entry.diagnosis ? verdict(entry) : null,
      isEmpty(entry.parameters) ? null : part("Parameters", json(entry.parameters)),
      isEmpty(entry.response) ? null : part("Response", json(entry.response)),
      headers(entry),
    ].filter(Boolean),
  );
  body.scrollTop = 0;
}

/**
 * Opens an entry. `neighbour(sequence, step)` returns the sequence of the entry before or after it in the list, or
 * `null`; `closed(sequence)` is called with the one that was shown last.
 */
export function showEntry(sequence, { neighbour, closed }) {
  let shown = sequence;
  const step = (by) => h("button", { type: "button", onclick: () => go(by) }, by < 0 ? "Older" : "Newer");
  const older = step(-1);
  const newer = step(1);
  const { body, setTitle } = open({ title: "Request", before: [h("div", { class: "group row" }, older, newer)], closed: () => closed(shown) });

  async function load() {
    const wanted = shown;
    older.disabled = neighbour(shown, -1) === null;
    newer.disabled = neighbour(shown, 1) === null;
    try {
      const entry = await call("GET", `journal/${wanted}`);
      if (wanted !== shown) return;
      setTitle(`${product(entry.product)} ${entry.operation || `${entry.method} ${entry.target ?? ""}`}`.trim());
      show(body, entry);
    } catch (error) {
      if (wanted !== shown) return;
      setTitle(`Request ${number(wanted)}`);
      body.replaceChildren(h("p", { class: "problem", role: "alert" }, `${error}`));
    }
  }

  function go(by) {
    const next = neighbour(shown, by);
    if (next === null) return;
    shown = next;
    load();
  }
  load();
}
