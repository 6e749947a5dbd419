/** The last messages each way, the newest first. */

import { inBytes, timeOf } from "./sizes.ts";
import type { Message } from "./traffic.ts";

/** What is longer is shown in full on demand. */
const SHOWN = 120;

export function Messages({ messages }: { messages: readonly Message[] }) {
  if (!messages.length) return <p class="note">None yet.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so a keyboard must reach it
    <div class="tools-messages" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {["Time", "Way", "Model", "Kind", "Size", "Took", "Content"].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {messages.map((message) => (
            <Row key={message.number} message={message} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ message: { at, direction, model, kind, size, took, content } }: { message: Message }) {
  return (
    <tr data-way={direction}>
      <td>{timeOf(at)}</td>
      <td>{direction}</td>
      <td>{model}</td>
      <td>{kind}</td>
      <td>{inBytes(size)}</td>
      <td>{took === null ? "" : `${took.toFixed(0)} ms`}</td>
      <td class="tools-content">
        {content.length > SHOWN ? (
          <details>
            <summary>{`${content.slice(0, SHOWN)}…`}</summary>
            {content}
          </details>
        ) : (
          content
        )}
      </td>
    </tr>
  );
}
