// The whole cloud: saved to a file, loaded from one, emptied.

import { call, callForText } from "./api.js";
import { byId, h, say, setText } from "./dom.js";
import { count } from "./format.js";
import { submit } from "./forms.js";
import { open } from "./dialog.js";

function download(text) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = h("a", { href: address, download: "world.json" });
  document.body.append(link);
  link.click();
  link.remove();
  URL.revokeObjectURL(address);
}

/** Asks before something is lost. Returns a promise of the answer. */
export function confirm(title, text, action) {
  return new Promise((resolve) => {
    let sure = false;
    const dialog = open({ title, narrow: true, closed: () => resolve(sure) });
    const yes = h("button", { type: "button", class: "danger" }, action);
    yes.addEventListener("click", () => {
      sure = true;
      dialog.close();
    });
    dialog.body.append(h("p", null, text), h("div", { class: "row" }, yes));
    yes.focus();
  });
}

/** Builds the buttons. `restart` is called when everything is another. */
export function startWorld(restart) {
  const file = h("input", { type: "file", accept: ".json,application/json", class: "unseen", tabindex: -1, "aria-label": "World file" });
  const note = h("p", { class: "small muted", role: "status" });
  const form = h("form", { id: "world-form", onsubmit: (event) => event.preventDefault() });
  const done = (text) => {
    setText(note, text);
    say(text);
  };

  const save = h("button", { type: "button" }, "Save to a file");
  save.addEventListener("click", () => submit(form, async () => {
    download(await callForText("GET", "world"));
    done("Saved. The file has the secrets of the keys.");
  }));
  const load = h("button", { type: "button", onclick: () => file.click() }, "Load a file");
  file.addEventListener("change", () => submit(form, async () => {
    const text = await file.files[0].text();
    file.value = "";
    const loaded = await call("PUT", "world", { text });
    done(`Loaded: ${count(loaded.clusters, "cluster")}, ${count(loaded.accounts, "account")}.`);
    restart();
  }));
  const reset = h("button", { type: "button", class: "danger" }, "Empty the cloud");
  reset.addEventListener("click", async () => {
    if (!(await confirm("Empty the cloud", "Its clusters, registries, faults and journal are removed. Keys of the start stay.", "Empty the cloud"))) return;
    await submit(form, async () => {
      await call("POST", "reset");
      done("The cloud is empty.");
      restart();
    });
  });
  form.append(h("div", { class: "row" }, save, load, file, reset), note);
  byId("world").append(h("h2", null, "Whole cloud"), form);
}
