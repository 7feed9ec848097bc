/* The server this page came from: its models, its answers as they stream, and its sandbox. Nothing else is ever fetched.
   Knows no page but one event, `keyneeded`. Read next: `chat.js`. */

import { readEvents } from "./sse.js";
import { recall, remember } from "./tab.js";

const KEY = "openmimo.key";
const BASE = new URL(".", document.baseURI);

/** What the server refused, or that it could not be reached (`status` 0); the message is for the reader. */
export class ServerError extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

/** The API key of this tab, or nothing. */
export function apiKey() {
  return recall(KEY);
}

/** Keep an API key until the tab is closed; an empty one forgets it. */
export function setApiKey(key) {
  remember(KEY, key);
}

/** The ids of the models. */
export async function fetchModels() {
  const { data } = await (await call("v1/models")).json();
  return data.map((model) => model.id);
}

/** Run a Python program in the server's sandbox: {stdout, stderr, exit, seconds, truncated, timed_out}. Throws `ServerError`. */
export async function runCode(code, signal) {
  return (await call("page/run", { code }, signal)).json();
}

/**
 * The answer to `request` (as of `/v1/chat/completions`) in parts as they come:
 * {reasoning}, {content}, {call: {index, name, arguments}}, {finish}, {usage}. Throws `ServerError`;
 * aborting the signal ends it, on the server, too.
 */
export async function* streamAnswer(request, signal) {
  const wish = { ...request, stream: true, stream_options: { include_usage: true } };
  const response = await call("v1/chat/completions", wish, signal);
  let finished = false;
  try {
    for await (const data of readEvents(response.body)) {
      if (data === "[DONE]") return;
      const chunk = JSON.parse(data);
      if (chunk.error) throw new ServerError(chunk.error.message, response.status);
      for (const part of partsOf(chunk)) {
        finished ||= "finish" in part;
        yield part;
      }
    }
  } catch (error) {
    throw error instanceof ServerError ? error : new ServerError("The connection was lost before the answer was complete.");
  }
  if (!finished) throw new ServerError("The connection ended before the answer was complete.");
}

function* partsOf(chunk) {
  for (const { delta = {}, finish_reason: finish } of chunk.choices ?? []) {
    // The same words come under two names, since clients differ in which they read.
    const reasoning = delta.reasoning ?? delta.reasoning_content;
    if (reasoning) yield { reasoning };
    if (delta.content) yield { content: delta.content };
    for (const { index, function: called = {} } of delta.tool_calls ?? []) {
      yield { call: { index, name: called.name ?? "", arguments: called.arguments ?? "" } };
    }
    if (finish) yield { finish };
  }
  if (chunk.usage) yield { usage: chunk.usage };
}

async function call(path, body, signal) {
  const headers = apiKey() ? { Authorization: `Bearer ${apiKey()}` } : {};
  if (body) headers["Content-Type"] = "application/json";
  const sent = { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) };
  let response;
  try {
    response = await fetch(new URL(path, BASE), { ...sent, signal });
  } catch {
    throw new ServerError("The server cannot be reached. Is it still running?");
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

async function refusal(response) {
  if (response.status === 401) document.dispatchEvent(new CustomEvent("keyneeded"));
  let message = `The server answered ${response.status}.`;
  try {
    message = (await response.json()).error.message;
  } catch {
    // no error in OpenAI's shape: something between here and the server answered
  }
  const wait = response.headers.get("Retry-After");
  return new ServerError(wait && response.status === 429 ? `${message} (Try again in ${wait} s.)` : message, response.status);
}
