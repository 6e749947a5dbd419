"""`signal` is a genuine AbortSignal: listeners, `fetch` and `AbortSignal.any` take it."""

import anywidget

from conformance.steps import python, remove, show

ROWS = "C9"


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      async render({ signal }) {
        log(signal instanceof AbortSignal);
        const target = new EventTarget();
        target.addEventListener("ping", () => log("ping"), { signal });
        const either = AbortSignal.any([signal, new AbortController().signal]);
        either.addEventListener("abort", () => {
          log("either", either.aborted);
          target.dispatchEvent(new Event("ping"));
          fetch("http://cases.test/module.js", { signal }).catch(() => log("fetch is refused"));
        });
        target.dispatchEvent(new Event("ping"));
        const answer = await fetch("http://cases.test/module.js", { signal });
        log("fetch", answer.status);
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a"), remove("a")]
