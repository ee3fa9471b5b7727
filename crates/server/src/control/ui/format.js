// Numbers, times and sizes as texts.

const GROUPED = new Intl.NumberFormat("en");

/** Returns a number with separators of thousands. */
export function number(value) {
  return GROUPED.format(value);
}

/** Returns `1 node`, `2 nodes`. */
export function count(value, one, many = `${one}s`) {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** Returns the date and the time of day of a time in RFC 3339, in UTC. */
export function dateAndTime(time) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return { date: String(time), time: "" };
  const text = date.toISOString();
  return { date: text.slice(0, 10), time: text.slice(11, 19) };
}

/** Returns the time of day with milliseconds, in UTC. */
export function timeOfDay(time) {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString().slice(11, 23);
}

/** Returns a span of seconds: `45 s`, `3 min`, `2 h 5 min`, `3 d`. */
export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 && minutes < 10 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${number(Math.floor(hours / 24))} d`;
}

/** Returns a duration in milliseconds. */
export function duration(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return "";
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  return milliseconds < 10_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Returns a size in bytes. */
export function size(bytes) {
  if (bytes === null || bytes === undefined) return "";
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

/** Returns a name with underscores as words: `node_breaks` is `Node breaks`. */
export function words(name) {
  const text = name.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Returns the product's name as its vendor writes it. */
export function product(name) {
  return name ? name.toUpperCase() : "";
}

/** The vendors of the products. */
export const VENDORS = { tke: "Tencent", ccs: "Tencent", tcr: "Tencent", cce: "Huawei", ack: "Alibaba", sts: "Alibaba" };
