// Builds and updates elements. Every text becomes a text node: nothing in this page parses HTML from data.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Returns a new element. Properties named `on...` are listeners, all others attributes; `null` and `false` are left out. */
export function h(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** Returns a new element of SVG. */
export function svg(tag, properties, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

/** Sets the text of an element, if it is another one. */
export function setText(node, text) {
  const wanted = String(text ?? "");
  if (node.textContent !== wanted) node.textContent = wanted;
}

/** Sets or removes an attribute, if it is another one. */
export function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
}

const rows = new WeakMap();

/**
 * Makes the children of `parent` one for each item, in their order. Elements are kept by key, so that focus, scroll
 * position and open parts stay. `create(item)` returns an element, `update(element, item)` shows the item in it and is
 * called only if the item's JSON has changed.
 */
export function keyed(parent, items, key, create, update) {
  const before = rows.get(parent) ?? new Map();
  const after = new Map();
  let next = parent.firstChild;
  for (const item of items) {
    const name = key(item);
    if (after.has(name)) continue;
    const row = before.get(name) ?? { node: create(item), shown: null };
    const json = JSON.stringify(item);
    if (row.shown !== json) {
      update?.(row.node, item, row.shown === null ? null : JSON.parse(row.shown));
      row.shown = json;
    }
    after.set(name, row);
  }
  for (const [name, row] of before) {
    if (after.has(name)) continue;
    if (next === row.node) next = next.nextSibling;
    row.node.remove();
  }
  for (const row of after.values()) {
    if (row.node === next) next = next.nextSibling;
    else parent.insertBefore(row.node, next);
  }
  rows.set(parent, after);
}

/** Returns the element with that identifier. */
export function byId(id) {
  return document.getElementById(id);
}

/** Lets screen readers say a short text. */
export function say(text) {
  setText(byId("said"), text);
}
