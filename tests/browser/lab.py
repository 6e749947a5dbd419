"""A page in which a test mounts and unmounts a widget as often as it likes, and counts what is left (promise 10)."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias

import anywidget
import traitlets
from playwright.sync_api import CDPSession
from tabs import Tab

Way: TypeAlias = Literal["host", "hurried", "floor"]
"""How to mount: in `<any-view>`; the same, but gone before it is drawn; or by the smallest host there can be,
which owns nothing but the element (`mounts.js`). What is left on the floor is the widget's own doing."""

MOUNTS_JS = Path(__file__).with_name("mounts.js").read_text("utf-8")
VIEW = "application/vnd.jupyter.widget-view+json"


class Lab(anywidget.AnyWidget):  # type: ignore[misc]
    """Hands a model, as widgets see it, to the script in the page."""

    _esm = """export default { async render({ model, el, host, experimental }) {
      el.textContent = "lab";
      const subject = model.get("subject");
      const id = subject.slice("anywidget:".length);
      globalThis.lab = { id, model: await host.getModel(subject), host, experimental };
    } };"""

    subject = traitlets.Unicode().tag(sync=True)


def lab(widget: Any) -> Lab:
    """A notebook shows this, and not the widget: so no view of it is there but those that the test mounts."""
    bundle = widget._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    return Lab(subject=f"anywidget:{data[VIEW]['model_id']}")


@dataclass(frozen=True)
class Count:
    """What a page holds on to, after garbage was collected."""

    listeners: int
    nodes: int
    detached: int
    """Trees of nodes that are in no document, and that a script still has."""
    styles: int
    """Constructed sheets, `<style>` and `<link>` elements."""

    def __sub__(self, other: Self) -> Count:
        return Count(**{each.name: getattr(self, each.name) - getattr(other, each.name) for each in fields(self)})

    def exceeding(self, other: Count, margin: int) -> list[str]:
        """Of what there is more here, beyond a margin. In how many pieces nodes are is a matter of chance."""
        return [
            f"{name}: {getattr(self, name)} and not {getattr(other, name)}"
            for name in ("listeners", "nodes", "styles")
            if getattr(self, name) > getattr(other, name) + margin
        ]


class Counting:
    """What a tab holds on to."""

    def __init__(self, tab: Tab) -> None:
        self._page = tab.page
        self._chromium: CDPSession = tab.page.context.new_cdp_session(tab.page)
        for domain in ("Performance", "DOM", "HeapProfiler"):
            self._chromium.send(f"{domain}.enable")

    def settled(self) -> Count:
        """What is there once it falls no more: some widgets let go only when a timer of theirs has passed.

        What still falls after ten seconds is taken as it is.
        """
        least = self.count()
        unchanged = 0
        for _ in range(50):
            self._page.wait_for_timeout(200)
            now = self.count()
            unchanged = 0 if least.exceeding(now, margin=0) else unchanged + 1
            least = now
            if unchanged == 3:
                break
        return least

    def metrics(self) -> dict[str, int]:
        """What Chromium counts, garbage not included. It looks at no node: one that the inspector has named it keeps,
        and the elements of classic layouts and styles are in no document even while they are needed."""
        for _ in range(3):  # what the first takes away may have held what the next one can
            self._page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
            self._chromium.send("HeapProfiler.collectGarbage")
        metrics = self._chromium.send("Performance.getMetrics")["metrics"]
        return {metric["name"]: int(metric["value"]) for metric in metrics}

    def count(self) -> Count:
        """What is there now."""
        values = self.metrics()
        detached = self._chromium.send("DOM.getDetachedDomNodes")["detachedNodes"]
        styles = "document.adoptedStyleSheets.length + document.querySelectorAll('style, link[rel=stylesheet]').length"
        return Count(
            listeners=values["JSEventListeners"],
            nodes=values["Nodes"],
            detached=len(detached),
            styles=self._page.evaluate(styles),
        )


class Mounts(Counting):
    """A tab of a notebook that shows a `lab`."""

    def __init__(self, tab: Tab) -> None:
        super().__init__(tab)
        self._page.wait_for_function("() => globalThis.lab", timeout=30_000)

    def growth(self, way: Way, *, times: int, together: int, ready: str, rest_ms: int) -> Count:
        """What so many mounts and unmounts leave behind, after a few that fill what is filled once. Style counts from
        the very first: it is there once however many views use it.

        `together`: so many views at the same time. `ready`: a selector of what a view has when it is drawn.
        `rest_ms`: how long a widget draws that says nothing when it has finished.
        """
        order = {"way": way, "together": together, "ready": ready, "rest": rest_ms}
        styles = self.count().styles
        self._page.evaluate(MOUNTS_JS, {**order, "rounds": 3})
        before = replace(self.settled(), styles=styles)
        self._page.evaluate(MOUNTS_JS, {**order, "rounds": -(-times // together)})
        return self.settled() - before

    def empty(self) -> int:
        """Take every view off the page, the lab's own, too. How many constructed sheets are left."""
        self._page.evaluate("document.querySelectorAll('any-view').forEach((view) => view.remove())")
        self._page.wait_for_function("() => !document.querySelector('.anyhost-view')")
        return int(self._page.evaluate("document.adoptedStyleSheets.length"))


def sources(*imports: str, make: str) -> str:
    """A notebook that makes a widget and puts it into the lab."""
    return "\n".join(["from lab import lab", *imports, f"widget = {make}", "lab(widget)", ""])
