// Calls of the control API: the token, the chosen cloud, refusals, and the stream of the journal.

const TOKEN = "wharf-control-token";

/** A request that the server refused, with the place of the mistake and what is expected. */
export class Refused extends Error {
  constructor(status, { place = "", message = `status ${status}`, expected = "" }) {
    super(message);
    this.status = status;
    this.place = place;
    this.expected = expected;
  }

  /** Returns all of it as one text. */
  toString() {
    const text = this.place ? `${this.place}: ${this.message}` : this.message;
    return this.expected ? `${text}. Expected: ${this.expected}` : text;
  }
}

/** The server does not answer. */
export class Unreachable extends Error {}

let cloud = new URL(location.href).searchParams.get("cloud");
let askForToken = async () => null;
let asked = null;

/** Returns the key of the chosen cloud; `null` is the first cloud. */
export function chosenCloud() {
  return cloud;
}

/** Chooses a cloud, and writes it to the address of the page. */
export function chooseCloud(key) {
  cloud = key;
  const address = new URL(location.href);
  if (key === null) address.searchParams.delete("cloud");
  else address.searchParams.set("cloud", key);
  history.replaceState(null, "", address);
}

/** Sets the function that asks a person for the control token: it returns a promise of the token. */
export function onTokenNeeded(ask) {
  askForToken = ask;
}

function headers(body) {
  const token = sessionStorage.getItem(TOKEN);
  return {
    ...(token ? { Authorization: `Bearer ${token}` } : {}),
    ...(body === undefined ? {} : { "Content-Type": "application/json" }),
  };
}

/** Asks for the token once, however many calls need it. */
function newToken(again) {
  asked ??= askForToken(again).then((token) => {
    sessionStorage.setItem(TOKEN, token);
    asked = null;
  });
  return asked;
}

async function send(method, path, { body, query = {}, signal, text } = {}) {
  const address = new URL(`/_wharf/${path}`, location.origin);
  if (cloud !== null && !/^(clouds|health)/.test(path)) address.searchParams.set("cloud", cloud);
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  for (;;) {
    let response;
    const used = sessionStorage.getItem(TOKEN);
    try {
      response = await fetch(address, { method, headers: headers(body ?? text), body: text ?? (body && JSON.stringify(body)), signal, cache: "no-store" });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new Unreachable("The server does not answer.", { cause: error });
    }
    if (response.ok) return response;
    if (response.status === 401) {
      // Another call may have got a new token in the meantime.
      if (used === sessionStorage.getItem(TOKEN)) await newToken(used !== null);
      continue;
    }
    const answer = await response.json().catch(() => ({}));
    throw new Refused(response.status, answer.error ?? {});
  }
}

/** Calls the control API and returns the JSON of the response, or `null` if it has no body. */
export async function call(method, path, options) {
  const response = await send(method, path, options);
  if (response.status === 204) return null;
  try {
    return await response.json();
  } catch (error) {
    throw new Unreachable("The answer was cut.", { cause: error });
  }
}

/** Calls the control API and returns the response as a text. */
export async function callForText(method, path, options) {
  return (await send(method, path, options)).text();
}

/**
 * Follows server-sent events, and calls `take(event, data)` for each. Returns when the stream ends. It is read by
 * `fetch`, because an `EventSource` cannot send the token.
 */
export async function follow(path, { signal, opened, take }) {
  const response = await send("GET", path, { signal });
  opened();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value.replaceAll("\r\n", "\n")).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const lines = block.split("\n").map((line) => /^([a-z]*): ?(.*)$/.exec(line)).filter(Boolean);
      const data = lines.filter(([, name]) => name === "data").map(([, , value]) => value).join("\n");
      const event = lines.find(([, name]) => name === "event")?.[2] ?? "message";
      if (data) take(event, JSON.parse(data));
    }
  }
}
