/** The panel beside the widget. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Messages } from "./messages.tsx";
import type { Problem } from "./problems.ts";
import { timeOf } from "./sizes.ts";
import type { Model, Tools } from "./tools.tsx";
import { Traits } from "./traits.tsx";

export function Panel({ tools, models }: { tools: Tools; models: readonly Model[] }) {
  const [chosen, choose] = useState("");
  // A widget's children open before it does.
  const model = models.find(({ id }) => id === chosen) ?? models.at(-1);
  const { traffic, problems } = tools;
  return (
    <>
      <section aria-labelledby="tools-traits">
        <Heading id="tools-traits" text="Traits">
          {models.length > 1 && (
            <select
              aria-label="Widget"
              value={model?.id}
              onChange={(event) => choose(event.currentTarget.value)}
            >
              {models.map((each, index) => (
                <option key={each.id} value={each.id}>
                  {`${index + 1}: ${each.name}`}
                </option>
              ))}
            </select>
          )}
        </Heading>
        {model ? <Traits key={model.id} tools={tools} model={model} /> : <p class="note">No widget yet.</p>}
      </section>
      <section aria-labelledby="tools-errors">
        <Heading id="tools-errors" text="Errors in JavaScript">
          {problems.list.length > 0 && (
            <button type="button" class="button quiet" onClick={() => tools.clear("errors")}>
              Clear errors
            </button>
          )}
        </Heading>
        {problems.list.length === 0 && <p class="note">None. Those of Python stand below the widget.</p>}
        {problems.list.map((problem, index) => (
          <ProblemView key={problem.number} problem={problem} newest={index === 0} />
        ))}
      </section>
      <section aria-labelledby="tools-messages">
        <Heading id="tools-messages" text="Messages">
          <button
            type="button"
            class="button quiet"
            aria-pressed={traffic.paused}
            onClick={() => tools.pause(!traffic.paused)}
          >
            Pause
          </button>
          <button type="button" class="button quiet" onClick={() => tools.clear("messages")}>
            Clear messages
          </button>
        </Heading>
        <Messages messages={traffic.messages} />
      </section>
    </>
  );
}

function Heading({ id, text, children }: { id: string; text: string; children?: ComponentChildren }) {
  return (
    <div class="tools-heading">
      <h2 id={id}>{text}</h2>
      {children}
    </div>
  );
}

function ProblemView({ problem: { at, phase, text, stack }, newest }: { problem: Problem; newest: boolean }) {
  const head = (
    <>
      <span class="tools-quiet">{timeOf(at)}</span> {phase}: {text}
    </>
  );
  if (!stack) return <p class="tools-error">{head}</p>;
  return (
    <details class="tools-error" open={newest}>
      <summary>{head}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, so a keyboard must reach it */}
      <pre tabIndex={0}>{stack}</pre>
    </details>
  );
}
