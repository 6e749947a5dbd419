/** A widget's traits, with a field for each that may be written. */

import { useState } from "preact/hooks";
import type { Described } from "./descriptions.ts";
import { inBytes } from "./sizes.ts";
import type { Model, Tools } from "./tools.tsx";
import { parsed, textOf } from "./values.ts";

export function Traits({ tools, model }: { tools: Tools; model: Model }) {
  const keys = model.keys.filter((key) => key !== "_esm" && key !== "_css").sort();
  const own = keys.filter((key) => !key.startsWith("_") && !HOSTS.has(key));
  const others = keys.filter((key) => !own.includes(key));
  return (
    <>
      {own.length ? (
        <Rows tools={tools} model={model} keys={own} />
      ) : (
        <p class="note">It has no traits of its own.</p>
      )}
      <details>
        <summary>{others.length} of every widget</summary>
        <Rows tools={tools} model={model} keys={others} />
      </details>
    </>
  );
}

/** Traits that ipywidgets gives to every widget. */
const HOSTS = new Set(["layout", "tabbable", "tooltip"]);

function Rows({ tools, model, keys }: { tools: Tools; model: Model; keys: readonly string[] }) {
  return (
    <table class="tools-traits">
      <colgroup>
        <col class="tools-column-name" />
        <col class="tools-column-type" />
        <col />
      </colgroup>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Type</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => {
          const described = tools.descriptions.of(model.id, key);
          return (
            <tr key={key}>
              <th scope="row" title={described?.help || undefined}>
                {key}
              </th>
              <td class="tools-type">{described?.type ?? ""}</td>
              <td>
                <Value tools={tools} model={model} name={key} described={described} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

interface ValueProps {
  readonly tools: Tools;
  readonly model: Model;
  readonly name: string;
  readonly described: Described | undefined;
}

/** One value, live: a field, unless it cannot be written, or not as text. */
function Value({ tools, model, name, described }: ValueProps) {
  const value = model.get(name);
  const text = textOf(value);
  const outcome = tools.outcomes.of(model.id, name, value);
  const write = (next: unknown) => tools.write(model.id, name, next);
  // Until Python has said so, nothing is offered that it may not allow.
  if (text === null || (described?.read_only ?? true)) {
    const size = ArrayBuffer.isView(value)
      ? `binary, ${inBytes(value.byteLength)}`
      : "too large, or binary in it";
    return (
      <span class="tools-fixed">
        <span class="tools-value">{text ?? size}</span>
        {described?.read_only && <span class="tools-quiet"> read only</span>}
      </span>
    );
  }
  return (
    <>
      {typeof value === "boolean" ? (
        <input
          type="checkbox"
          aria-label={name}
          checked={value}
          onChange={(event) => write(event.currentTarget.checked)}
        />
      ) : (
        <Field name={name} value={value} text={text} type={described?.type ?? ""} write={write} />
      )}
      <span class="tools-outcome" role="status">
        {outcome}
      </span>
    </>
  );
}

interface FieldProps {
  readonly name: string;
  readonly value: unknown;
  readonly text: string;
  readonly type: string;
  readonly write: (value: unknown) => void;
}

/** Enter, or leaving the field, writes it; Escape takes it back. Shift and Enter begin a new line. */
function Field({ name, value, text, type, write }: FieldProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const commit = () => {
    if (draft === null || draft === text) return setDraft(null);
    try {
      write(parsed(draft, value, type));
      setProblem("");
      setDraft(null);
    } catch (error) {
      setProblem(String(error));
    }
  };
  const nullable = / \| None$/.test(type) && value !== null;
  return (
    <>
      <span class="tools-field">
        <textarea
          rows={1}
          aria-label={name}
          aria-invalid={problem ? true : undefined}
          spellcheck={false}
          value={draft ?? text}
          onInput={(event) => setDraft(event.currentTarget.value)}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
              event.preventDefault();
              commit();
            }
            if (event.key === "Escape") {
              setDraft(null);
              setProblem("");
            }
          }}
        />
        {nullable && (
          <button type="button" class="button quiet" aria-label={`${name}: None`} onClick={() => write(null)}>
            None
          </button>
        )}
      </span>
      {problem && (
        <span class="tools-outcome" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}
