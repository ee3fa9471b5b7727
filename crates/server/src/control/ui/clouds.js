// The clouds of the server: chooses one, makes one, ends one.

import { call, chooseCloud, chosenCloud } from "./api.js";
import { byId, h, say, setText } from "./dom.js";
import { open } from "./dialog.js";
import { field, submit } from "./forms.js";
import { number } from "./format.js";
import { confirm } from "./world.js";

let select, end, restart;
let clouds = [];

/** Returns the facts of the chosen cloud, as far as they are known. */
export function cloudFacts() {
  const key = chosenCloud();
  return clouds.find((cloud) => (key === null ? cloud.first : cloud.key === key)) ?? null;
}

function choose(key) {
  const chosen = clouds.find((cloud) => cloud.key === key);
  chooseCloud(chosen?.first ? null : key);
  draw();
  restart();
}

function draw() {
  const chosen = cloudFacts();
  const json = JSON.stringify([clouds.map((cloud) => [cloud.key, cloud.first]), chosen?.key, chosenCloud()]);
  if (select.dataset.shown === json) return;
  select.dataset.shown = json;
  const options = clouds.map((cloud) => h("option", { value: cloud.key }, cloud.first ? `${cloud.key} (first)` : cloud.key));
  if (!chosen && chosenCloud() !== null) options.push(h("option", { value: chosenCloud() }, `${chosenCloud()} (gone)`));
  select.replaceChildren(...options);
  select.value = chosen?.key ?? chosenCloud() ?? "";
  end.hidden = !chosen || chosen.first;
}

/** Reads the clouds. */
export async function refreshClouds() {
  ({ clouds } = await call("GET", "clouds"));
  draw();
}

/** Goes back to the first cloud: the chosen one is gone. */
export function leaveCloud() {
  say("The chosen cloud is gone. The first one is shown.");
  chooseCloud(null);
  draw();
  restart();
}

function showMade(cloud) {
  const { body } = open({ title: "The new cloud", narrow: true });
  const lines = [
    ["Endpoint", cloud.endpoint],
    ["Key", cloud.credentials.id],
    ["Secret", cloud.credentials.secret],
    ["Region", cloud.region],
    ["Huawei project", cloud.project_id],
    ["Huawei user", `${cloud.iam_user.name}, domain ${cloud.iam_user.domain}`],
    ["Huawei password", cloud.iam_user.password],
    ["Alibaba role", cloud.role_arn],
  ];
  body.append(
    h("p", null, "Requests that are signed with this key reach this cloud alone. The secrets are shown only now."),
    h("dl", { class: "facts" }, lines.flatMap(([name, value]) => [h("dt", null, name), h("dd", { class: "mono" }, value)])),
  );
}

function make() {
  const { body, close } = open({ title: "New cloud", narrow: true });
  const region = h("input", { name: "region", placeholder: "As the first cloud" });
  const form = h(
    "form",
    { id: "cloud-form", class: "entry-part" },
    h("p", null, "A cloud has its own keys, world, clock, faults and journal. Tests that run at the same time can have one each."),
    field("Region", region),
    h("div", { class: "row" }, h("button", { class: "main" }, "Make the cloud")),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    let made;
    const settings = region.value.trim() ? { region: region.value.trim() } : {};
    const done = await submit(form, async () => {
      made = await call("POST", "clouds", { body: settings });
      await refreshClouds();
    });
    if (!done) return;
    close();
    choose(made.credentials.id);
    showMade(made);
  });
  body.append(form);
  region.focus();
}

/** Builds the choice. `again` is called when another cloud is shown. */
export function startClouds(again) {
  restart = again;
  select = h("select", { onchange: () => choose(select.value) });
  end = h("button", { type: "button", class: "danger", hidden: true }, "End");
  end.setAttribute("aria-label", "End this cloud");
  end.addEventListener("click", async () => {
    const chosen = cloudFacts();
    if (!chosen || !(await confirm("End this cloud", `The cloud of the key ${chosen.key}, with ${number(chosen.calls)} calls in its journal, is removed.`, "End the cloud"))) return;
    try {
      await call("DELETE", `clouds/${encodeURIComponent(chosen.key)}`);
      chooseCloud(null);
      await refreshClouds();
      restart();
    } catch (error) {
      const { body } = open({ title: "The cloud was not ended", narrow: true });
      body.append(h("p", { class: "problem" }, `${error}`));
    }
  });
  const fresh = h("button", { type: "button", onclick: make }, "New");
  setText(fresh, "New");
  fresh.setAttribute("aria-label", "New cloud");
  byId("clouds").append(h("label", null, h("span", { class: "muted" }, "Cloud"), select), fresh, end);
}
