// Two texts side by side, line by line, with the first difference marked.

import { h } from "./dom.js";

/** Returns the number of characters that both texts begin with. */
export function commonStart(one, other) {
  const most = Math.min(one.length, other.length);
  let at = 0;
  while (at < most && one[at] === other[at]) at += 1;
  return at;
}

function commonEnd(one, other, start) {
  const most = Math.min(one.length, other.length) - start;
  let length = 0;
  while (length < most && one[one.length - 1 - length] === other[other.length - 1 - length]) length += 1;
  return length;
}

/** Makes characters visible that cannot be seen. */
function visible(text) {
  return text.replaceAll(" ", "␣").replaceAll("\t", "⇥").replaceAll("\r", "␍");
}

function line(side, number, text, other, first) {
  const classes = ["side-line", `of-${side}`];
  const content = h("code");
  if (text === undefined || text === other) {
    content.append(text ?? "");
  } else {
    classes.push("differs");
    const against = other ?? "";
    const start = commonStart(text, against);
    const end = text.length - commonEnd(text, against, start);
    const middle = visible(text.slice(start, end)) || (other === undefined ? "" : "∅");
    content.append(text.slice(0, start), middle ? h("mark", null, middle) : "", text.slice(end));
  }
  if (first) classes.push("first");
  return h("div", { class: classes.join(" ") }, h("span", null, text === undefined ? "" : String(number)), content);
}

/** Returns the texts that the server and the client signed, side by side. `client` may be unknown. */
export function sides(server, client) {
  if (client === null || client === undefined) {
    const lines = server.split("\n").map((text, index) => line("server", index + 1, text, text, false));
    return h("div", { class: "sides" }, h("h3", { class: "only" }, "The server signed"), lines.map((item) => (item.classList.add("only"), item)));
  }
  const [left, right] = [server.split("\n"), client.split("\n")];
  const most = Math.max(left.length, right.length);
  const cells = [h("h3", { class: "of-server" }, "The server signed"), h("h3", { class: "of-client" }, "The client signed")];
  let found = false;
  for (let index = 0; index < most; index += 1) {
    const first = !found && left[index] !== right[index];
    found ||= first;
    cells.push(line("server", index + 1, left[index], right[index], first), line("client", index + 1, right[index], left[index], first));
  }
  return h("div", { class: "sides" }, cells);
}
