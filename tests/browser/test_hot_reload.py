"""Hot reload in Chromium, with real files: what is saved is seen in place, with its state kept (section K)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect
from servers import running
from tabs import Tab

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("hot reload")]

NOTEBOOK = """\
import anywidget, pathlib, traitlets
from IPython.display import display

here = pathlib.Path(__file__).parent

class Counter(anywidget.AnyWidget):
    _esm = here / "counter.js"
    _css = here / "counter.css"
    count = traitlets.Int(0).tag(sync=True)

class Frame(anywidget.AnyWidget):
    _esm = '''export default { async render({ model, el, host, signal }) {
      const input = document.createElement("input");
      const place = document.createElement("div");
      el.append(input, place);
      const child = await host.getWidget(model.get("child"), { signal });
      await child.render({ el: place, signal });
    } };'''
    child = traitlets.Any().tag(sync=True, to_json=lambda child, _: f"anywidget:{child.model_id}")

counter = Counter()
display(counter)
# %%
display(Frame(child=counter))
"""


def code(version: str) -> str:
    return f"""export default {{ render({{ model, el }}) {{
      const button = document.createElement("button");
      const draw = () => {{ button.textContent = "{version} " + model.get("count"); }};
      button.onclick = () => {{ model.set("count", model.get("count") + 1); model.save_changes(); }};
      model.on("change:count", draw);
      draw();
      el.append(button);
    }} }};"""


class Saved:
    """A folder of widget files, and a tab that shows them."""

    def __init__(self, folder: Path, tab: Tab) -> None:
        self.folder, self.tab = folder, tab

    def save(self, name: str, text: str) -> None:
        """As editors do: a new file takes the place of the old one."""
        (self.folder / f".{name}.tmp").write_text(text)
        (self.folder / f".{name}.tmp").replace(self.folder / name)

    @property
    def buttons(self) -> Locator:
        return self.tab.page.locator("any-view button:not(.anyhost-failure button)")


@pytest.fixture
def saved(browser: Browser, tmp_path: Path) -> Iterator[Saved]:
    (tmp_path / "counter.js").write_text(code("one"))
    (tmp_path / "counter.css").write_text("any-view button { color: rgb(1, 2, 3) }")
    (tmp_path / "notebook.py").write_text(NOTEBOOK)
    with running(tmp_path / "notebook.py", "--reload") as server, browser.new_context() as context:
        tab = Tab(context, server.address)
        saved = Saved(tmp_path, tab)
        expect(saved.buttons).to_have_text(["one 0", "one 0"], timeout=30_000)
        yield saved
        assert tab.complaints == []


def test_a_save_changes_every_view_in_place_with_state_and_focus_kept(saved: Saved) -> None:
    """K1, D17: the composed child, too."""
    saved.buttons.first.click()
    field = saved.tab.page.locator("any-view input")
    field.fill("typed")
    saved.save("counter.js", code("two"))
    expect(saved.buttons).to_have_text(["two 1", "two 1"])
    expect(field).to_have_value("typed")
    expect(field).to_be_focused()
    saved.buttons.first.click()
    expect(saved.buttons).to_have_text(["two 2", "two 2"])


def test_style_applies_without_a_rendering(saved: Saved) -> None:
    """J4."""
    saved.buttons.first.evaluate("button => { button.dataset.mark = 'same' }")
    saved.save("counter.css", "any-view button { color: rgb(4, 5, 6) }")
    expect(saved.buttons.first).to_have_css("color", "rgb(4, 5, 6)")
    expect(saved.buttons.first).to_have_attribute("data-mark", "same")


def test_a_broken_save_keeps_the_old_code_at_work_and_a_good_one_recovers(saved: Saved) -> None:
    """K4, K5."""
    saved.tab.allow("Counter")
    saved.save("counter.js", "export default { render( };")
    expect(saved.tab.page.get_by_role("alert").first).to_contain_text("SyntaxError")
    saved.buttons.first.click()
    expect(saved.buttons.first).to_have_text("one 1")
    saved.save("counter.js", code("three"))
    expect(saved.buttons).to_have_text(["three 1", "three 1"])
    expect(saved.tab.page.get_by_role("alert")).to_have_count(0)


def test_of_ten_rapid_saves_the_newest_stays(saved: Saved) -> None:
    """K3."""
    for version in range(10):
        saved.save("counter.js", code(f"v{version}"))
        saved.tab.page.wait_for_timeout(30)
    expect(saved.buttons).to_have_text(["v9 0", "v9 0"])
    saved.tab.page.wait_for_timeout(600)
    expect(saved.buttons).to_have_text(["v9 0", "v9 0"])
