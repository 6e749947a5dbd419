/** What could stand at the cursor, as the live kernel says; as the text itself says, while that is busy. */

import type { Completion, Completions } from "@anyhost/protocol";
import type {
  Completion as Choice,
  CompletionContext,
  CompletionResult,
  CompletionSource,
} from "@codemirror/autocomplete";
import { globalCompletion, localCompletionSource } from "@codemirror/lang-python";
import { syntaxTree } from "@codemirror/language";
import { fromCodePoints, toCodePoints } from "./code-points.ts";

/** Asks the kernel, with the cursor in code points. Null: it does not answer, or not in time to be of use. */
export type CompleteAt = (
  text: { readonly source: string; readonly cursor: number },
  signal: AbortSignal,
) => Promise<Completions | null>;

/** Letters typed further on narrow the list, and ask nobody. */
const WORD = /^[\w]*$/;

export function kernelCompletions(complete: CompleteAt): CompletionSource {
  return async (context) => {
    if (!context.explicit && (inProse(context) || !context.matchBefore(/(?:[\p{L}_][\w.]*|\.\w*)$/u)))
      return null;
    const stale = new AbortController();
    context.addEventListener("abort", () => stale.abort(), { onDocChange: true });
    const source = context.state.doc.toString();
    const cursor = toCodePoints(source, context.pos);
    const answer = await complete({ source, cursor }, stale.signal);
    if (context.aborted) return null;
    return answer?.items.length ? resultOf(answer, source) : fromText(context);
  };
}

/** In comments and strings only who asks is answered. */
function inProse({ state, pos }: CompletionContext): boolean {
  return /Comment|String/.test(syntaxTree(state).resolveInner(pos, -1).name);
}

function resultOf({ start, end, items }: Completions, source: string): CompletionResult {
  return {
    from: fromCodePoints(source, start),
    to: fromCodePoints(source, end),
    options: items.map(choice),
    validFor: WORD,
  };
}

function choice({ text, kind, detail }: Completion, index: number): Choice {
  return {
    label: text,
    type: kind,
    ...(detail || kind ? { detail: detail || kind } : {}),
    // In the order in which they came, as far as the letters typed leave it open.
    boost: -Math.min(99, index / 10),
  };
}

async function fromText(context: CompletionContext): Promise<CompletionResult | null> {
  return (await localCompletionSource(context)) ?? globalCompletion(context);
}
