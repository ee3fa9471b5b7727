// World time: shows it, moves it on, and sets its speed.

import { call } from "./api.js";
import { byId, h, say, setText } from "./dom.js";
import { dateAndTime, number, span } from "./format.js";
import { choice, submit } from "./forms.js";

const SPEEDS = ["manual", 1, 10, 60, 600, 3600];
const STEPS = [60, 600, 3600];
const UNITS = [[1, "seconds"], [60, "minutes"], [3600, "hours"], [86400, "days"]];

let date, time, speed, changed;

function speedName(value) {
  return value === "manual" ? "Manual" : value === 1 ? "Real time" : `${number(value)} times`;
}

async function change(form, body, said) {
  if (await submit(form, () => call("POST", "clock", { body }))) {
    say(said);
    changed();
  }
}

/** Builds the controls. `refresh` is called after a change. */
export function startClock(refresh) {
  changed = refresh;
  date = h("span", { class: "muted" });
  time = h("span", { id: "world-time" });

  const advance = (seconds) => change(steps, { advance: seconds }, `World time moved on by ${span(seconds)}.`);
  const amount = h("input", { type: "number", name: "advance", min: 0, step: "any", required: true, value: 5, "aria-label": "Amount to advance" });
  const unit = choice("unit", UNITS, { "aria-label": "Unit" });
  unit.value = "60";
  const steps = h(
    "form",
    {
      id: "advance-form",
      "aria-label": "Advance world time",
      onsubmit: (event) => {
        event.preventDefault();
        advance(Number(amount.value) * Number(unit.value));
      },
    },
    h(
      "div",
      { class: "group joined" },
      STEPS.map((step) => h("button", { type: "button", "data-advance": step, onclick: () => advance(step) }, `+${span(step)}`)),
    ),
    h("div", { class: "group joined" }, amount, unit, h("button", null, "Advance")),
  );

  speed = choice("speed", SPEEDS.map((value) => [String(value), speedName(value)]), { id: "speed" });
  speed.addEventListener("change", () => {
    const value = speed.value === "manual" ? "manual" : Number(speed.value);
    change(pace, { speed: value }, `Speed: ${speedName(value)}.`);
  });
  const pace = h("form", { id: "speed-form", "aria-label": "Speed of world time", onsubmit: (event) => event.preventDefault() }, h("label", { class: "group" }, h("span", { class: "muted small" }, "Speed"), speed));

  byId("clock").append(
    h("div", null, h("h2", { class: "unseen" }, "World time"), h("p", { class: "clock-now" }, time, " ", date)),
    steps,
    pace,
  );
}

/** Shows the time and the speed of a state. */
export function showClock(state) {
  const now = dateAndTime(state.time);
  setText(time, now.time);
  setText(date, `${now.date} UTC`);
  const value = String(state.speed);
  if (document.activeElement === speed) return;
  if (![...speed.options].some((option) => option.value === value)) {
    speed.append(h("option", { value }, speedName(state.speed)));
  }
  speed.value = value;
}
