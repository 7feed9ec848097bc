/* Server-sent events from the body of a response, however the network has cut it. Knows no JSON; `server.js` does. */

/** The data of each event of a stream of bytes, until the stream ends. */
export async function* readEvents(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  let data = [];
  try {
    for (;;) {
      const { value, done } = await reader.read();
      const lines = (held + (value ?? "")).split("\n");
      held = done ? "" : lines.pop();
      for (const line of lines.map((each) => each.replace(/\r$/, ""))) {
        if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
        else if (line === "" && data.length) {
          yield data.join("\n");
          data = [];
        }
      }
      if (done) break;
    }
    if (data.length) yield data.join("\n"); // some servers leave out the last empty line
  } finally {
    reader.cancel().catch(() => {});
  }
}
