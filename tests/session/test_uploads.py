"""A large buffer on its way from a page to a real kernel: it goes ahead of its message, and nobody waits for it."""

from __future__ import annotations

import asyncio
import random
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from real_session import model_with, real_session

from anyhost.kernel.pipe import Pipe
from anyhost.protocol.codec import encode_frame, pieces
from anyhost.testing.remote import RemoteClient

pytestmark = [pytest.mark.anyio, pytest.mark.process]

NOTEBOOK = """\
import zlib
import anywidget, traitlets


class Thing(anywidget.AnyWidget):
    _esm = "export default {}"
    got = traitlets.List().tag(sync=True)
    free = traitlets.Any().tag(sync=True)

    def __init__(self):
        super().__init__()
        self.on_msg(lambda _widget, content, buffers: self.take(content, buffers))

    def take(self, content, buffers):
        if content == "close":
            self.close()
        self.got = [*self.got, *(zlib.crc32(buffer) for buffer in buffers)]


thing = Thing()
"""
CONTENT = random.Random(1).randbytes(5 << 20)


async def test_an_upload_holds_nobody_up_and_one_that_is_cut_comes_whole_with_the_next_connection(
    tmp_path: Path,
) -> None:
    """Promise 4: once."""
    notebook = tmp_path / "notebook.py"
    notebook.write_text(NOTEBOOK)
    async with real_session(notebook) as real, real.joined() as other:
        thing = model_with(other, "got")
        kernel = real.session_of(other)._kernels._kernel
        channel = kernel and kernel.channel
        assert isinstance(channel, Pipe)
        uploader = real.client(other.session_id)
        async with uploader.connected():
            await uploader.until(lambda: thing in uploader.replay.model_ids)
            upload = uploader.saying(thing, {}, (CONTENT,))
            for piece in list(pieces(encode_frame(upload)))[:3]:
                await uploader.send(piece)
            await _until(lambda: channel._ahead_sent == 2 << 20)
            assert (await other.write(thing, free=1)).status == "accepted"
        await _until(lambda: channel._ahead is None)
        async with uploader.connected():
            await uploader.send_again()
            await other.until(lambda: _state(other, thing)["got"] == [zlib.crc32(CONTENT)])
        assert channel._ahead is None
        assert (await other.say(thing, {}, (CONTENT[:7], CONTENT[7:]))).status == "accepted"
        await other.until(lambda: len(_state(other, thing)["got"]) == 3)
        assert _state(other, thing)["got"][1:] == [zlib.crc32(CONTENT[:7]), zlib.crc32(CONTENT[7:])]


async def test_an_upload_that_nobody_takes_any_more_is_forgotten(tmp_path: Path) -> None:
    """Its model closes while it comes."""
    notebook = tmp_path / "notebook.py"
    notebook.write_text(NOTEBOOK)
    async with real_session(notebook) as real, real.joined() as client, real.joined(client.session_id) as other:
        thing = model_with(client, "got")
        kernel = real.session_of(client)._kernels._kernel
        channel = kernel and kernel.channel
        assert isinstance(channel, Pipe)
        first, *rest = pieces(encode_frame(client.saying(thing, {}, (CONTENT,))))
        for piece in (first, rest[0]):
            await client.send(piece)
        await _until(lambda: channel._ahead_sent == 1 << 20)
        await other.say(thing, "close")
        await client.until(lambda: thing not in client.replay.model_ids)
        for piece in rest[1:]:
            await client.send(piece)
        await _until(lambda: channel._ahead is None)


def _state(client: RemoteClient, model_id: str) -> dict[str, Any]:
    return client.state_of(model_id) or {}


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.01)
