"""ipywidgets' `Output`: what is shown while `with out:` is active is in the widget, and not in the cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from notebooks import Conversation, kernel_in

from anyhost.protocol.messages import (
    ModelCommand,
    ModelLifecycle,
    ModelOpenMessage,
    ModelUpdateMessage,
    ModelUpdateRequest,
)

pytestmark = pytest.mark.anyio

START = (
    "import anywidget, asyncio, ipywidgets, sys, threading, traitlets\nfrom IPython.display import *\n"
    "out = ipywidgets.Output()\n"
)


def outputs(kernel: Conversation) -> list[dict[str, Any]]:
    """What the page has of the (only) `Output`."""
    held: list[dict[str, Any]] = []
    for message in kernel.messages:
        if isinstance(message, ModelLifecycle) and isinstance(message.message, ModelOpenMessage | ModelUpdateMessage):
            held = message.message.into_state().get("outputs", held)
    return held


def stream(text: str, name: str = "stdout") -> dict[str, str]:
    return {"output_type": "stream", "name": name, "text": text}


async def test_prints_and_displays_go_to_the_widget_in_order(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + "print('before')\nwith out:\n    print('a')\n    print('b')\n    print('c', file=sys.stderr)\n"
            "    display(HTML('<b>d</b>'))\n    print('e')\nprint('after')\n"
        )
        assert kernel.printed() == "before\nafter\n" and kernel.shown() == []
        got = outputs(kernel)
        assert got[:2] == [stream("a\nb\n"), stream("c\n", "stderr")]
        assert (got[2]["output_type"], got[2]["data"]["text/html"]) == ("display_data", "<b>d</b>")
        assert got[3:] == [stream("e\n")]


async def test_the_trait_holds_it_at_once(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(START + "with out:\n    print('a')\nprint(out.outputs)\n")
        assert kernel.printed() == f"({stream('a' + chr(10))!r},)\n"


async def test_an_anywidget_shown_inside_is_named_by_its_model(tmp_path: Path) -> None:
    """P15: and is kept alive for as long as it is there."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + "import gc\nclass Thing:\n    _repr_mimebundle_ = anywidget.experimental.MimeBundleDescriptor("
            "_esm='export default {}', autodetect_observer=False)\n    def _get_anywidget_state(self, include=None):\n"
            "        return {'v': 1}\nwith out:\n    display(Thing())\ngc.collect()\n"
            "from ipywidgets.widgets.widget import _instances\nfrom anyhost.kernel.current import running\n"
            "ids = [m.model_id for m in running.get().kernel.models]\n"
            "print(out.outputs[0]['data']['application/vnd.jupyter.widget-view+json']['model_id'] in ids)\n"
            "out.clear_output()\ngc.collect()\nprint(len(running.get().kernel.models) - len(ids))\n"
        )
        assert kernel.printed() == "True\n-1\n" and kernel.errors() == []


async def test_a_closed_output_lets_go_of_what_it_showed(tmp_path: Path) -> None:
    """Promise 10."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + "import gc, psygnal, weakref\n@anywidget.experimental.dataclass(esm='export default {}')\n"
            "class Thing:\n    value: int = 1\nthing = Thing()\nref = weakref.ref(thing)\n"
            "with out:\n    display(thing)\n"
            "del thing\ngc.collect()\nprint(ref() is None)\nout.close()\ngc.collect()\nprint(ref() is None)\n"
        )
        assert kernel.printed() == "False\nTrue\n"


async def test_an_error_is_shown_inside_and_the_cell_goes_on(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(START + "with out:\n    print('x')\n    1 / 0\nprint('on')\n")
        assert kernel.printed() == "on\n" and kernel.errors() == [] and kernel.endings() == ["ok"]
        text, error = outputs(kernel)
        assert text == stream("x\n") and (error["output_type"], error["ename"]) == ("error", "ZeroDivisionError")
        assert "\n".join(error["traceback"]).count("ZeroDivisionError") == 2


async def test_an_exit_inside_is_an_exit(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(START + "with out:\n    raise SystemExit\n\nprint('on')\n")
        assert kernel.printed() == ""


async def test_clear_output_clears_the_widget_at_once_or_with_the_next(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + "print('cell')\nwith out:\n    print('a')\nout.clear_output()\nprint(len(out.outputs))\n"
            "with out:\n    print('b')\nout.clear_output(wait=True)\nprint(len(out.outputs))\n"
            "with out:\n    print('c')\n"
        )
        assert kernel.printed() == "cell\n0\n1\n" and outputs(kernel) == [stream("c\n")]


async def test_what_is_appended_directly_is_there(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + "out.append_stdout('a')\nout.append_stderr('b')\nout.append_display_data(HTML('c'))\n"
            "w = anywidget.AnyWidget(_esm='export default {}')\nout.append_display_data(w)\nprint(w.model_id)\n"
        )
        a, b, c, d = outputs(kernel)
        assert (a, b, c["data"]["text/html"]) == (stream("a"), stream("b", "stderr"), "c")
        shown = d["data"]["application/vnd.jupyter.widget-view+json"]["model_id"]
        assert shown == kernel.printed().strip()


async def test_a_display_inside_can_be_updated(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + "with out:\n    handle = display('one', display_id='d')\n    display('two')\n"
            "with out:\n    handle.update('three')\n"
        )
        assert [each["data"]["text/plain"] for each in outputs(kernel)] == ["'three'", "'two'"]


async def test_blocks_may_be_nested(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + "inner = ipywidgets.Output()\nwith out:\n    print('a')\n    with inner:\n        print('b')\n"
            "    with out:\n        print('c')\n    print('d')\n"
            "print([o['text'] for o in inner.outputs + out.outputs])\n"
        )
        assert kernel.printed() == "['b\\n', 'a\\nc\\nd\\n']\n"


async def test_only_this_tasks_output_is_captured(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + "async def other():\n    await asyncio.sleep(0)\n    print('other')\n"
            "task = asyncio.create_task(other())\n"
            "with out:\n    print('a')\n    await task\n    t = threading.Thread(target=lambda: print('thread'))\n"
            "    t.start(); t.join()\n    await asyncio.create_task(other())\n"
        )
        assert kernel.printed() == "other\n"
        assert outputs(kernel) == [stream("a\nthread\nother\n")]


async def test_a_decorated_callback_shows_what_it_prints(tmp_path: Path) -> None:
    """What `Output` is used for most: to see what an observer prints and raises."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START
            + "class W(anywidget.AnyWidget):\n    _esm = 'export default {}'\n    v = traitlets.Int().tag(sync=True)\n"
            "w = W()\n@out.capture(clear_output=True)\ndef changed(change):\n    print('now', change['new'])\n"
            "    if change['new'] == 2:\n        raise ValueError('two')\nw.observe(changed, 'v')\n"
        )
        (model_id,) = kernel.model_ids()
        for value in (1, 2):
            request = ModelUpdateRequest(state={"v": msgspec.Raw(str(value).encode())})
            kernel.channel.send(ModelCommand(model_id=model_id, command_id=value, message=request))
        ack = await kernel.until(lambda message: getattr(message, "command_id", None) == 2)
        assert (ack.status, ack.error) == ("accepted", None)
        assert kernel.printed() == "" and kernel.errors() == []
        text, error = outputs(kernel)
        assert text == stream("now 2\n") and error["evalue"] == "two"


async def test_an_output_keeps_only_so_much_text(tmp_path: Path) -> None:
    """Promise 8."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(START + "with out:\n    for n in range(30):\n        print('x' * 100_000)\n")
        (text,) = outputs(kernel)
        assert len(text["text"]) < 1_100_000 and text["text"].endswith("the rest is left out]\n")
        assert text["text"].count("left out") == 1


@pytest.mark.parametrize("clear", ["out.outputs = ()", "out.clear_output()", "out.clear_output(wait=True)"])
async def test_an_output_that_is_cleared_counts_anew(tmp_path: Path, clear: str) -> None:
    """Also by setting its trait, as many notebooks do."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + f"for n in range(3):\n    {clear}\n    with out:\n        print(str(n) * 600_000)\n"
            "print(len(out.outputs), out.outputs[0]['text'][:2], len(out.outputs[0]['text']))\n"
        )
        assert kernel.printed() == "1 22 600001\n"


async def test_text_that_a_long_block_prints_comes_meanwhile(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        kernel.start(START + "import time\nwith out:\n    print('early')\n    time.sleep(0.5)\n    print('late')\n")
        await kernel.until(lambda _message: outputs(kernel) == [stream("early\n")])
        await kernel.until(lambda _message: outputs(kernel) == [stream("early\nlate\n")])


async def test_interact_shows_its_function_s_output(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            START + "def f(x=3):\n    print('x is', x)\n\nw = ipywidgets.interactive(f, x=(0, 5))\nw.update()\n"
        )
        assert kernel.errors() == []
        assert outputs(kernel) == [stream("x is 3\n")]
