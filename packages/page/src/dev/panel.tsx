/** The panel beside the widget. */

import type { Registry } from "@anyhost/runtime";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Tools } from "./tools.tsx";
import type { Message } from "./traffic.ts";

type Model = NonNullable<ReturnType<Registry["find"]>>;

export function Panel({ tools, models }: { tools: Tools; models: readonly Model[] }) {
  const [chosen, choose] = useState("");
  // A widget's children open before it does.
  const model = models.find(({ id }) => id === chosen) ?? models.at(-1);
  const { traffic, errors } = tools;
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
              {models.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name}
                </option>
              ))}
            </select>
          )}
        </Heading>
        {model ? <Traits key={model.id} tools={tools} model={model} /> : <p class="note">No widget yet.</p>}
      </section>
      <section aria-labelledby="tools-errors">
        <Heading id="tools-errors" text="Errors in JavaScript">
          {errors.length > 0 && (
            <button type="button" class="button quiet" onClick={() => tools.clear("errors")}>
              Clear errors
            </button>
          )}
        </Heading>
        {errors.length === 0 && <p class="note">None. Those of Python stand below the widget.</p>}
        {errors.map((error, index) => (
          <details key={errors.length - index} class="tools-error" open={index === 0}>
            <summary>
              {error.phase}: {String(error.error)}
            </summary>
            <pre>{error.error instanceof Error ? error.error.stack : ""}</pre>
          </details>
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

function Traits({ tools, model }: { tools: Tools; model: Model }) {
  const keys = model.keys.filter((key) => key !== "_esm" && key !== "_css");
  const own = keys.filter((key) => !key.startsWith("_") && !HOSTS.has(key));
  const rows = (names: readonly string[]) => (
    <table class="tools-traits">
      <thead class="visually-hidden">
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Type</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        {names.map((key) => (
          <tr key={key}>
            <th scope="row">{key}</th>
            <td class="tools-type">{typeOf(model.get(key))}</td>
            <td>
              <Value tools={tools} model={model} name={key} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
  return (
    <>
      {own.length ? rows(own) : <p class="note">It has no traits of its own.</p>}
      <details>
        <summary>{keys.length - own.length} of every widget</summary>
        {rows(keys.filter((key) => !own.includes(key)))}
      </details>
    </>
  );
}

/** Traits that ipywidgets gives to every widget. */
const HOSTS = new Set(["layout", "tabbable", "tooltip"]);

/** One value: JSON, but for text and for yes and no. Enter or leaving the field writes it, Escape takes it back. */
function Value({ tools, model, name }: { tools: Tools; model: Model; name: string }) {
  const [draft, setDraft] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const value = model.get(name);
  const text = shown(value);
  if (text === null || (name.startsWith("_") && name !== "_view_count")) {
    return <span class="tools-fixed">{text ?? typeOf(value)} · read only</span>;
  }
  if (typeof value === "boolean") {
    const write = (checked: boolean) => tools.write(model.id, name, checked);
    return (
      <input
        type="checkbox"
        aria-label={name}
        checked={value}
        onChange={(event) => write(event.currentTarget.checked)}
      />
    );
  }
  const commit = () => {
    if (draft === null || draft === text) return setDraft(null);
    try {
      tools.write(model.id, name, typeof value === "string" ? draft : JSON.parse(draft));
      setProblem("");
      setDraft(null);
    } catch (error) {
      setProblem(String(error));
    }
  };
  const correction = problem || tools.corrections.get(`${model.id} ${name}`);
  return (
    <>
      <input
        aria-label={name}
        aria-invalid={problem ? true : undefined}
        spellcheck={false}
        value={draft ?? text}
        onInput={(event) => setDraft(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") commit();
          if (event.key === "Escape") {
            setDraft(null);
            setProblem("");
          }
        }}
      />
      <span class="tools-correction" role="status">
        {correction}
      </span>
    </>
  );
}

/** A value as text that can be edited; null: it cannot. */
function shown(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (holdsBinary(value)) return null;
  const text = JSON.stringify(value) ?? "null";
  return text.length > 100_000 ? null : text;
}

function holdsBinary(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return ArrayBuffer.isView(value) || Object.values(value).some(holdsBinary);
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "string") return /^(anywidget:|IPY_MODEL_)/.test(value) ? "widget" : "text";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  if (typeof value === "boolean") return "yes or no";
  if (ArrayBuffer.isView(value)) return `binary, ${value.byteLength.toLocaleString()} bytes`;
  return Array.isArray(value) ? `list of ${value.length}` : "object";
}

function Messages({ messages }: { messages: readonly Message[] }) {
  if (!messages.length) return <p class="note">None yet.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so a keyboard must reach it
    <div class="tools-messages" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {["Time", "Way", "Kind", "Content", "Size", "Took"].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {messages.map((message) => (
            <tr key={message.number}>
              <td>{message.at.toLocaleTimeString()}</td>
              <td>{message.direction}</td>
              <td>{message.kind}</td>
              <td class="tools-content">{message.content}</td>
              <td>{message.size.toLocaleString()}</td>
              <td>{message.took === null ? "" : `${message.took.toFixed(0)} ms`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
