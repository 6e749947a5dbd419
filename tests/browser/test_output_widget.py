"""Commands and ipywidgets' `Output`, from the page to Python and back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tabs import Open

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("output widget")]

NOTEBOOK = '''\
import asyncio
import anywidget
import ipywidgets
import traitlets
from IPython.display import HTML, display


class Asker(anywidget.AnyWidget):
    _esm = """
    export default {
      render({ model, el, experimental }) {
        const button = el.appendChild(document.createElement("button"));
        const answers = el.appendChild(document.createElement("pre"));
        button.textContent = "ask";
        button.onclick = async () => {
          model.set("count", model.get("count") + 1);
          model.save_changes();
          const buffers = [new DataView(Uint8Array.of(0, 1, 2, 3).buffer, 1)];
          for (const name of ["now", "later", "fails", "nothing", "bad"]) {
            try {
              const [response, got] = await experimental.invoke(name, { name }, { buffers });
              answers.append(`${name}: ${response.name} ${got.map((each) => new Uint8Array(each.buffer))}; `);
            } catch (error) {
              answers.append(`${name}! ${error.name}; `);
            }
          }
        };
      },
    };
    """
    count = traitlets.Int().tag(sync=True)

    @anywidget.experimental.command
    def now(self, msg, buffers):
        return msg, [bytes(each)[::-1] for each in buffers]

    @anywidget.experimental.command
    async def later(self, msg, buffers):
        await asyncio.sleep(0.01)
        return msg, []

    @anywidget.experimental.command
    def fails(self, msg, buffers):
        raise ValueError("not that")

    @anywidget.experimental.command
    def bad(self, msg, buffers):
        return 42


out, asker = ipywidgets.Output(), Asker()


@out.capture()
def changed(change):
    print("changed to", change["new"])
    display(HTML("<b>bold</b>"), Asker())
    if change["new"] == 2:
        raise RuntimeError("two is too much")


asker.observe(changed, "count")
display(ipywidgets.VBox([asker, out]))
'''


def test_commands_answer_and_an_output_shows_what_callbacks_do(open_tab: Open) -> None:
    """I10, I11, N8, promise 9; and after F5 it is all still there (promise 7)."""
    tab = open_tab(NOTEBOOK)
    box = tab.page.locator("any-view").first
    box.locator("button").first.click()
    answers = "now: now 3,2,1; later: later ; fails! ValueError; nothing! CommandError; bad! TypeError; "
    expect(box.locator("pre").first).to_have_text(answers, timeout=20_000)
    outputs = box.locator(".anyhost-outputs")
    expect(outputs).to_contain_text("changed to 1")
    expect(outputs.locator("b")).to_have_text("bold")
    expect(outputs.locator("any-view button")).to_have_text("ask")
    box.locator("button").first.click()
    expect(outputs.locator(".error summary")).to_contain_text("RuntimeError: two is too much")
    tab.page.reload()
    expect(outputs.locator(".error summary")).to_contain_text("RuntimeError: two is too much")
    expect(outputs.locator("any-view button")).to_have_count(2)
    assert tab.complaints == []
