// Whether the server answers: the mark in the header, the banner when it is gone, and the pauses between tries.

import { Unreachable } from "./api.js";
import { byId, h, say } from "./dom.js";
import { state } from "./icons.js";

const PAUSES = [1, 2, 4, 8];

let lost = 0;
let wake = () => {};

function show(condition, word) {
  byId("connection").replaceChildren(state(condition, word));
}

/** Notes that the server has answered. */
export function answered() {
  if (lost > 0) say("The server answers again.");
  if (lost > 0 || !byId("connection").hasChildNodes()) show("running", "Live");
  lost = 0;
  byId("outage").hidden = true;
  document.body.classList.remove("stale");
}

/** Shows that the state could not be read, and waits before the next try. A person can cut the pause short. */
export async function unreachable(error) {
  const pause = PAUSES[Math.min(lost, PAUSES.length - 1)];
  const banner = byId("outage");
  if (lost === 0) {
    show("failed", error instanceof Unreachable ? "Server gone" : "Problem");
    document.body.classList.add("stale");
    const seconds = h("span", { class: "seconds" });
    banner.replaceChildren(
      h("strong", null, `${error instanceof Unreachable ? error.message : error}`),
      h("span", null, "The page shows what was read last."),
      seconds,
      h("button", { type: "button", onclick: () => wake() }, "Try now"),
    );
    banner.hidden = false;
  }
  lost += 1;
  let waiting = true;
  const woken = new Promise((resolve) => {
    wake = () => {
      waiting = false;
      resolve();
    };
  });
  for (let left = pause; left > 0 && waiting; left -= 1) {
    const text = banner.querySelector(".seconds");
    // Screen readers hear the banner once, and not each second.
    text?.setAttribute("aria-hidden", "true");
    if (text) text.textContent = `Next try in ${left} s.`;
    await Promise.race([woken, new Promise((resolve) => setTimeout(resolve, 1000))]);
  }
}
