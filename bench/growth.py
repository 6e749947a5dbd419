"""python bench/growth.py [models cells bytes clients writes] [--out FILE]: how cost grows with size.

Without a browser: a real server and kernel, and clients that read what a page would. Each thing is measured at
three sizes; the exponent is the slope of a line through them, both axes logarithmic. 1 is linear; the target is
at most 1.1. Time is what server and kernel computed, in ms, which other load on the machine changes little;
memory is what is theirs alone (PSS), in MB, beyond what they took before.
"""

import argparse
import asyncio
import contextlib
import json
import math
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil
from msgspec import Raw
from websockets.asyncio.client import connect

from anyhost.protocol.codec import Decoder, FrameReader, encode_frame, pieces
from anyhost.protocol.messages import (
    KernelStatus,
    ModelAck,
    ModelCommand,
    ModelLifecycle,
    ModelOpenMessage,
    ModelUpdateMessage,
    ModelUpdateRequest,
    Notification,
    SessionStart,
    SnapshotEnd,
)

AT_MOST = 1.1

WIDGETS = """
import anywidget, os, traitlets
class Plain(anywidget.AnyWidget):
    _esm = "export default {{ render() {{}} }}"
    value = traitlets.Int(0).tag(sync=True)
    echo = traitlets.Int(0).tag(sync=True)
    blob = traitlets.Bytes(b"").tag(sync=True)
    @traitlets.observe("value")
    def _heard(self, change):
        self.echo = change["new"]
made = [Plain() for _ in range({models})]
made[-1].blob = bytes({nbytes})
made[-1]
"""


class Server:
    """`anyhost run` of a notebook's text, until the block ends."""

    def __init__(self, source):
        self.source = source

    async def __aenter__(self):
        self.folder = tempfile.mkdtemp(prefix="bench-growth-")
        path = Path(self.folder, "notebook.py")
        path.write_text(self.source)
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "anyhost", "run", str(path), "--port", "0", "--no-open", "--no-token",
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip
        line = (await asyncio.wait_for(self.process.stdout.readline(), 60)).decode()
        self.address = line.split()[-1].rstrip("/")
        await asyncio.sleep(3)  # a kernel waits already, and what could be preloaded is
        return self

    async def __aexit__(self, *_):
        self.process.terminate()
        await self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def processes(self):
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    def cpu(self):
        """Milliseconds that server and kernels have computed."""
        spent = 0
        for process in self.processes():
            with contextlib.suppress(OSError, psutil.Error):
                for thread in os.listdir(f"/proc/{process.pid}/task"):
                    spent += int(Path(f"/proc/{process.pid}/task/{thread}/schedstat").read_text().split()[0])
        return spent / 1e6

    def memory(self):
        total = 0
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                total += process.memory_full_info().pss
        return total / 1e6


class Client:
    """A page without a screen."""

    def __init__(self, server, session=""):
        query = f"?session={session}" if session else ""
        self.address, self.origin = f"{server.address.replace('http', 'ws')}/ws{query}", server.address
        self.reader = FrameReader(Decoder(Notification), 1 << 30)
        self.opened = []
        self.session = session
        self.seq = 0
        self.commands = 0

    async def __aenter__(self):
        self.socket = await connect(self.address, origin=self.origin, max_size=None, compression=None)
        return self

    async def __aexit__(self, *_):
        await self.socket.close()

    async def next(self):
        while True:
            frame = await asyncio.wait_for(self.socket.recv(), 300)
            message = self.reader.text(frame) if isinstance(frame, str) else self.reader.data(frame)
            if message is None:
                continue
            self.seq = getattr(message, "seq", 0) or self.seq
            if isinstance(message, SessionStart):
                self.session = message.session_id
            if isinstance(message, ModelLifecycle) and isinstance(message.message, ModelOpenMessage):
                self.opened.append(message.model_id)
            return message

    async def until(self, test):
        while not test(message := await self.next()):
            pass
        return message

    async def until_idle(self):
        """A new session's cells have run."""
        await self.until(lambda message: isinstance(message, KernelStatus) and message.status == "idle")

    async def write(self, model_id, key, value):
        """Until the answer, and the echo, are here."""
        self.commands += 1
        number = self.commands
        request = ModelUpdateRequest(state={key: Raw(str(value).encode())})
        command = ModelCommand(model_id=model_id, message=request, command_id=number, ack=self.seq)
        for piece in pieces(encode_frame(command)):
            await self.socket.send(piece)
        await self.until(lambda message: isinstance(message, ModelAck) and message.command_id == number)


async def models(count):
    """A session begins with so many models, and a second page joins it."""
    async with Server("# %%" + WIDGETS.format(models=count, nbytes=0)) as server:
        before = server.memory()
        began = server.cpu()
        async with Client(server) as first:
            await first.until_idle()
            made = server.cpu()
            async with Client(server, first.session) as second:
                await second.until(lambda message: isinstance(message, SnapshotEnd))
                assert len(second.opened) >= count
                return {"open": made - began, "join": server.cpu() - made, "memory": server.memory() - before}


async def joined(notebook):
    """A notebook runs in one page, and a second page joins."""
    async with Server(notebook) as server:
        before = server.memory()
        began = server.cpu()
        async with Client(server) as first:
            await first.until_idle()
            made = server.cpu()
            async with Client(server, first.session) as second:
                await second.until(lambda message: isinstance(message, SnapshotEnd))
                return {"run": made - began, "join": server.cpu() - made, "memory": server.memory() - before}


async def cells(count):
    """A notebook of so many cells runs, and a second page joins."""
    source = "".join(f"# %%\nx{number} = x{number - 1} + 1\nprint(x{number})\n" for number in range(1, count))
    return await joined("# %%\nx0 = 0\n" + source)


async def state(megabytes):
    """A widget holds so much binary, and a second page joins."""
    return await joined("# %%" + WIDGETS.format(models=1, nbytes=megabytes * 1_000_000))


async def clients(count):
    """So many pages of one session get 200 changes each."""
    async with Server("# %%" + WIDGETS.format(models=1, nbytes=0)) as server, contextlib.AsyncExitStack() as stack:
        before = server.memory()
        first = await stack.enter_async_context(Client(server))
        await first.until_idle()
        others = []
        for _ in range(count - 1):
            other = await stack.enter_async_context(Client(server, first.session))
            await other.until(lambda message: isinstance(message, SnapshotEnd))
            others.append(other)
        model = first.opened[-1]

        def is_last(message):
            update = isinstance(message, ModelLifecycle) and isinstance(message.message, ModelUpdateMessage)
            return update and bytes(message.message.state.get("echo", b"")) == b"200"

        began = server.cpu()
        heard = [asyncio.create_task(other.until(is_last)) for other in others]
        for number in range(1, 201):
            await first.write(model, "value", number)
        await asyncio.gather(*heard)
        return {"changes": server.cpu() - began, "memory": server.memory() - before}


async def writes(count):
    """The median of 500 writes to one model of so many, there and back."""
    async with Server("# %%" + WIDGETS.format(models=count, nbytes=0)) as server, Client(server) as client:
        await client.until_idle()
        await asyncio.sleep(1)
        times, began = [], server.cpu()
        for number in range(1, 501):
            start = time.perf_counter()
            await client.write(client.opened[-1], "value", number)
            times.append((time.perf_counter() - start) * 1e3)
        return {"median": statistics.median(times), "computed": (server.cpu() - began) / 500}


MEASURES = {
    "models": (models, (100, 1_000, 10_000)),
    "cells": (cells, (10, 100, 1_000)),
    "bytes": (state, (2, 20, 200)),
    "clients": (clients, (1, 10, 100)),
    "writes": (writes, (10, 10_000)),
}


def exponent(sizes, values):
    """The slope of the line through the points, both axes logarithmic (least squares)."""
    xs, ys = [math.log(size) for size in sizes], [math.log(max(value, 1e-3)) for value in values]
    x, y = statistics.mean(xs), statistics.mean(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys)) / sum((a - x) ** 2 for a in xs)


def table(results):
    lines = ["| | | at each size | exponent |", "|---|---|---|---:|"]
    for name, found in results.items():
        sizes, by_size = found["sizes"], found["values"]
        for key in by_size[0]:
            values = [each[key] for each in by_size]
            unit = "MB" if key == "memory" else "ms"
            shown = ", ".join(f"{size:,}: {value:,.2f} {unit}" for size, value in zip(sizes, values))
            ratio = f"{values[-1] / values[0]:.2f} times" if len(sizes) == 2 else f"{exponent(sizes, values):.2f}"
            lines.append(f"| {name} | {key} | {shown} | {ratio} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(MEASURES))
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    results = {}
    for name in options.names:
        measure, sizes = MEASURES[name]
        results[name] = {"sizes": sizes, "values": [asyncio.run(measure(size)) for size in sizes]}
        print(table({name: results[name]}), flush=True)
    if options.out:
        options.out.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
