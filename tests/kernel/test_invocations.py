"""Commands (`experimental.invoke`): every question gets one reply (section I of the AFM table)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import msgspec
import pytest
import traitlets
from anywidget.experimental import MimeBundleDescriptor, command
from notebooks import kernel_in
from recording_kernel import RecordingKernel

from anyhost.kernel import invocations
from anyhost.kernel.current import running
from anyhost.kernel.patches import patched
from anyhost.protocol.messages import (
    ModelCloseMessage,
    ModelCommand,
    ModelCustomMessage,
    ModelCustomRequest,
    ModelUpdateMessage,
    Shutdown,
)

pytestmark = pytest.mark.anyio


class Base(anywidget.AnyWidget):
    _esm = "export default {}"
    count = traitlets.Int(0).tag(sync=True)

    @command
    def who(self, msg: Any, buffers: list[Any]) -> Any:
        return "base", []

    @command
    def echo(self, msg: Any, buffers: list[Any]) -> Any:
        return msg, [bytes(each)[::-1] for each in buffers]


class Asked(Base):
    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.go_on = asyncio.Event()
        self.ran_in: list[Any] = []

    @command
    def who(self, msg: Any, buffers: list[Any]) -> Any:
        return "subclass", []

    @command
    def counts(self, msg: Any, buffers: list[Any]) -> Any:
        self.count += 1
        return self.count, None

    @command
    def fails(self, msg: Any, buffers: list[Any]) -> Any:
        raise ZeroDivisionError("no")

    @command
    def exits(self, msg: Any, buffers: list[Any]) -> Any:
        raise SystemExit(3)

    @command
    def returns(self, msg: Any, buffers: list[Any]) -> Any:
        return {
            "number": 42, "none": None, "one": ("a",), "three": ("a", [], 1), "text": ("a", "buffers"),
            "numbers": ("a", [1]), "unsendable": (object(), []),
        }[msg]  # fmt: skip

    @command
    async def waits(self, msg: Any, buffers: list[Any]) -> Any:
        self.ran_in.append(running.get())
        await self.go_on.wait()
        if msg == "fail":
            raise ValueError("later")
        return [msg, self.count], [b"late"]


@pytest.fixture
def kernel() -> Iterator[RecordingKernel]:
    recording = RecordingKernel()
    with patched(), recording.cell():
        yield recording
        recording.models.close_all()


def replies(kernel: RecordingKernel, widget: Any) -> list[tuple[dict[str, Any], list[bytes]]]:
    return [
        (msgspec.json.decode(message.content), [bytes(each) for each in message.buffers])
        for message in kernel.of(widget)
        if isinstance(message, ModelCustomMessage)
    ]


def invoke(kernel: RecordingKernel, widget: Any, name: Any, msg: Any = None, *, id: str = "1", **more: Any) -> Any:
    """Ask; return the acknowledgement."""
    request = {"id": id, "kind": "anywidget-command", "name": name, "msg": msg}
    return kernel.send(
        widget if isinstance(widget, str) else widget.model_id, msgspec.json.encode(request).decode(), **more
    )


def error_of(kernel: RecordingKernel, widget: Any) -> dict[str, str]:
    ((content, buffers),) = replies(kernel, widget)
    assert content.keys() == {"id", "kind", "error"} and buffers == []
    assert (content["id"], content["kind"]) == ("1", "anywidget-command-response")
    error: dict[str, str] = content["error"]
    return error


async def test_a_command_answers_with_its_response_and_buffers(kernel: RecordingKernel) -> None:
    """I1, I2, I9."""
    widget = Asked()
    ack = invoke(kernel, widget, "echo", {"a": [1]}, buffers=[b"xyz", b""])
    assert (ack.status, ack.error) == ("accepted", None)
    assert replies(kernel, widget) == [
        ({"id": "1", "kind": "anywidget-command-response", "response": {"a": [1]}}, [b"zyx", b""])
    ]


async def test_the_reply_comes_after_what_the_command_changed(kernel: RecordingKernel) -> None:
    """Promise 3."""
    widget = Asked()
    invoke(kernel, widget, "counts")
    widget.count = 7
    kinds = [type(message) for message in kernel.of(widget)[1:]]
    assert kinds == [ModelUpdateMessage, ModelCustomMessage, ModelUpdateMessage]


async def test_the_overriding_command_wins(kernel: RecordingKernel) -> None:
    """I13: upstream calls the base class's."""
    widget = Asked()
    invoke(kernel, widget, "who")
    assert replies(kernel, widget)[0][0]["response"] == "subclass"


async def test_an_override_without_the_mark_is_still_the_command(kernel: RecordingKernel) -> None:
    class Unmarked(Base):
        def who(self, msg: Any, buffers: list[Any]) -> Any:
            return "unmarked", []

    widget = Unmarked()
    invoke(kernel, widget, "who")
    assert replies(kernel, widget)[0][0]["response"] == "unmarked"


async def test_an_unknown_command_is_named_with_those_that_there_are(kernel: RecordingKernel) -> None:
    """I10."""
    widget = Asked()
    invoke(kernel, widget, "nothing")
    error = error_of(kernel, widget)
    assert error["name"] == "CommandError"
    assert "'nothing'" in error["message"] and "echo" in error["message"]
    assert kernel.errors == []


@pytest.mark.parametrize("name", [None, 3, "__init__", "close", ["echo"]])
async def test_only_commands_can_be_called(kernel: RecordingKernel, name: Any) -> None:
    widget = Asked()
    invoke(kernel, widget, name)
    assert error_of(kernel, widget)["name"] == "CommandError"


async def test_what_a_command_raises_is_the_answer_and_is_shown(kernel: RecordingKernel) -> None:
    """I10, promise 9."""
    widget = Asked()
    ack = invoke(kernel, widget, "fails")
    assert error_of(kernel, widget) == {"name": "ZeroDivisionError", "message": "no"}
    assert [str(error) for error in kernel.errors] == ["no"]
    assert ack.error is None, "the page hears of it once: its promise rejects"


async def test_a_command_that_exits_is_answered(kernel: RecordingKernel) -> None:
    widget = Asked()
    invoke(kernel, widget, "exits")
    assert error_of(kernel, widget) == {"name": "SystemExit", "message": "3"}


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("number", "got int"), ("none", "got NoneType"), ("one", "a tuple of 1 (str)"), ("three", "a tuple of 3"),
        ("text", "got str"), ("numbers", "a list of 1 (int)"), ("unsendable", "cannot be sent to the page"),
    ],
)  # fmt: skip
async def test_a_command_that_returns_something_else_says_what(kernel: RecordingKernel, what: str, words: str) -> None:
    """I10."""
    widget = Asked()
    invoke(kernel, widget, "returns", what)
    error = error_of(kernel, widget)
    assert error["name"] in {"TypeError", "EncodingError"} and words in error["message"]
    assert len(kernel.errors) == 1


async def test_a_missing_msg_is_none(kernel: RecordingKernel) -> None:
    """I7."""
    widget = Asked()
    kernel.send(widget.model_id, '{"id": "1", "kind": "anywidget-command", "name": "echo"}')
    assert replies(kernel, widget)[0][0]["response"] is None


async def test_async_commands_are_awaited_and_answer_in_any_order(kernel: RecordingKernel) -> None:
    """I8, I11."""
    widget = Asked()
    invoke(kernel, widget, "waits", "slow", id="slow")
    invoke(kernel, widget, "who", id="quick")
    await asyncio.sleep(0)
    assert [content["id"] for content, _ in replies(kernel, widget)] == ["quick"]
    widget.go_on.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    content, buffers = replies(kernel, widget)[1]
    assert (content["id"], content["response"], buffers) == ("slow", ["slow", 0], [b"late"])
    assert widget.ran_in[0].cell_id == "a" and widget.ran_in[0].callback


async def test_an_async_command_that_raises_is_answered_and_shown(kernel: RecordingKernel) -> None:
    widget = Asked()
    widget.go_on.set()
    invoke(kernel, widget, "waits", "fail")
    for _ in range(3):
        await asyncio.sleep(0)
    assert error_of(kernel, widget) == {"name": "ValueError", "message": "later"}
    assert [str(error) for error in kernel.errors] == ["later"]


async def test_commands_at_work_are_limited(kernel: RecordingKernel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 8."""
    monkeypatch.setattr(invocations, "LIMIT", 2)
    widget = Asked()
    for name in "123":
        invoke(kernel, widget, "waits", name, id=name)
    ((content, _),) = replies(kernel, widget)
    assert content["id"] == "3" and "2 commands" in content["error"]["message"]
    widget.go_on.set()
    for _ in range(3):
        await asyncio.sleep(0)
    invoke(kernel, widget, "waits", "4", id="4")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert [content["id"] for content, _ in replies(kernel, widget)] == ["3", "1", "2", "4"]


def commands_at_work() -> list[asyncio.Task[Any]]:
    return [task for task in asyncio.all_tasks() if "Invocations" in repr(task.get_coro())]


async def test_a_close_answers_what_is_still_at_work(kernel: RecordingKernel) -> None:
    """I16: before the close, after which nothing is heard."""
    widget = Asked()
    invoke(kernel, widget, "waits")
    await asyncio.sleep(0)
    model_id = widget.model_id
    (task,) = commands_at_work()
    widget.close()
    assert error_of(kernel, model_id)["message"] == "the widget has closed"
    assert isinstance(kernel.of(model_id)[-1], ModelCloseMessage)
    await asyncio.wait([task], timeout=5)
    assert task.cancelled()


async def test_a_cancelled_command_is_answered(kernel: RecordingKernel) -> None:
    """What the kernel's shutdown does to the tasks of its widgets."""
    widget = Asked()
    invoke(kernel, widget, "waits")
    await asyncio.sleep(0)
    (task,) = commands_at_work()
    task.cancel()
    await asyncio.wait([task])
    assert error_of(kernel, widget)["message"] == "the command 'waits' was cancelled"


def test_an_async_command_without_a_loop_is_answered(kernel: RecordingKernel) -> None:
    widget = Asked.__new__(Asked)
    Base.__init__(widget)
    invoke(kernel, widget, "waits")
    assert "no running event loop" in error_of(kernel, widget)["message"]


async def test_other_handlers_see_questions_as_any_message(kernel: RecordingKernel) -> None:
    """I12: and anywidget's own handler, of which there is one, answers no second time."""
    widget = Asked()
    seen: list[Any] = []
    widget.on_msg(lambda _widget, content, buffers: seen.append((content["name"], len(buffers))))
    invoke(kernel, widget, "who", buffers=[b"x"])
    invoke(kernel, widget, "who", id="2")
    assert seen == [("who", 1), ("who", 0)]
    assert [content["id"] for content, _ in replies(kernel, widget)] == ["1", "2"]


async def test_an_authors_own_handler_may_answer(kernel: RecordingKernel) -> None:
    class Own(anywidget.AnyWidget):
        _esm = "export default {}"

    widget = Own()
    widget.on_msg(
        lambda widget, content, _buffers: widget.send(
            {"id": content["id"], "kind": "anywidget-command-response", "response": "own"}
        )
    )
    invoke(kernel, widget, "anything")
    assert [content.get("response") for content, _ in replies(kernel, widget)] == ["own"]


async def test_an_authors_own_handler_may_answer_later(
    kernel: RecordingKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I10: and what it leaves unanswered fails before the page has given up."""
    assert 0 < invocations.PATIENCE < 3
    monkeypatch.setattr(invocations, "PATIENCE", 0.2)
    answered = asyncio.Event()

    class Own(anywidget.AnyWidget):
        _esm = "export default {}"

    def answer(widget: Any, content: Any, _buffers: Any) -> None:
        reply = {"id": content["id"], "kind": "anywidget-command-response", "response": "own"}
        if content["name"] == "known":
            asyncio.get_running_loop().call_soon(widget.send, reply)
        asyncio.get_running_loop().call_later(0.3, answered.set)

    widget = Own()
    widget.on_msg(answer)
    invoke(kernel, widget, "known", id="1")
    invoke(kernel, widget, "unknown", id="2")
    assert replies(kernel, widget) == []
    await answered.wait()
    assert [(content["id"], "error" in content) for content, _ in replies(kernel, widget)] == [
        ("1", False),
        ("2", True),
    ]


async def test_a_command_that_answers_by_itself_answers_once(kernel: RecordingKernel) -> None:
    class Own(anywidget.AnyWidget):
        _esm = "export default {}"

        @command
        def act(self, msg: Any, buffers: list[Any]) -> Any:
            self.send({"id": "1", "kind": "anywidget-command-response", "response": "mine"})
            return "returned", []

    widget = Own()
    invoke(kernel, widget, "act")
    assert [content["response"] for content, _ in replies(kernel, widget)] == ["mine"]


async def test_a_widget_without_commands_says_so_at_once(kernel: RecordingKernel) -> None:
    """I10."""
    for widget in (anywidget.AnyWidget(_esm="export default {}"), ipywidgets.IntSlider()):
        invoke(kernel, widget, "anything")
        assert "it has none" in error_of(kernel, widget)["message"]


class Described:
    value = 1
    _repr_mimebundle_ = MimeBundleDescriptor(_esm="export default {}", autodetect_observer=False)

    def _get_anywidget_state(self, include: object = None) -> dict[str, Any]:
        return {"value": self.value}


async def test_an_object_with_a_descriptor_says_so_at_once(kernel: RecordingKernel) -> None:
    """I14."""
    thing = Described()
    model_id = thing._repr_mimebundle_.model_id
    ack = invoke(kernel, model_id, "anything")
    assert "Described is no AnyWidget" in error_of(kernel, model_id)["message"]
    assert (ack.error, kernel.errors) == (None, [])


async def test_a_closed_model_is_rejected(kernel: RecordingKernel) -> None:
    """I16: the page rejects the invocation with it."""
    widget = Asked()
    model_id = widget.model_id
    widget.close()
    assert invoke(kernel, model_id, "who").status == "rejected"


async def test_a_shutdown_answers_what_is_still_at_work(tmp_path: Path) -> None:
    """I16: the kernel owns the tasks of its widgets' commands."""
    async with kernel_in(tmp_path) as conversation:
        await conversation.run(
            "import anywidget, asyncio\nclass W(anywidget.AnyWidget):\n    _esm = 'export default {}'\n"
            "    @anywidget.experimental.command\n    async def waits(self, msg, buffers):\n        print('begun')\n"
            "        try:\n            await asyncio.sleep(60)\n        finally:\n            print('ended')\nw = W()\n"
        )
        (model_id,) = conversation.model_ids()
        content = msgspec.Raw(b'{"id": "1", "kind": "anywidget-command", "name": "waits", "msg": null}')
        conversation.channel.send(
            ModelCommand(model_id=model_id, command_id=1, message=ModelCustomRequest(content=content))
        )
        await conversation.until_printed("begun")
        conversation.channel.send(Shutdown())
        reply = await conversation.until(lambda message: isinstance(message_of(message), ModelCustomMessage))
        assert b"was cancelled" in bytes(reply.message.content)
        await conversation.until(lambda message: isinstance(message_of(message), ModelCloseMessage))
        await conversation.until_printed("ended")


def message_of(notification: Any) -> Any:
    return getattr(notification, "message", None)
