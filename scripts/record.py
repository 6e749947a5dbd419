"""Records what a page and a server say to each other, as a golden transcript.

    python scripts/record.py spec/transcripts/demo.json [-- COMMAND ...]

Starts the command (`anyhost demo`), opens its page in Chromium, presses a few keys in its first widget, and
writes the conversation with the states that it leads to (`spec/README.md` says in which form). Run it in an
environment without the demo's extras, so that the recording stays small.
"""

from __future__ import annotations

import argparse
import base64
import json
import math
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, WebSocket, sync_playwright

from anyhost.protocol.codec import Decoder, FrameReader
from anyhost.protocol.messages import (
    Command,
    ModelAck,
    ModelCommand,
    ModelLifecycle,
    ModelOpenMessage,
    Notification,
)
from anyhost.protocol.parts import applied_by
from anyhost.session.replay import Replay

BROWSER = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LIMIT = 1 << 30


class Recording:
    """The frames of one socket, both ways, as whole messages."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self._missing: dict[str, int] = {"kernel": 0, "client": 0}
        self._waiting: dict[str, dict[str, Any]] = {}
        self._bytes: dict[str, bytes] = {}

    def watch(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: self._frame("kernel", payload))
        socket.on("framesent", lambda payload: self._frame("client", payload))

    def _frame(self, sender: str, payload: str | bytes) -> None:
        if isinstance(payload, str):
            text = json.loads(payload)
            self._waiting[sender] = {"from": sender, "text": text, "buffers": []}
            self._missing[sender] = sum(_lengths(text))
            self._bytes[sender] = b""
        else:
            self._bytes[sender] += payload
            self._missing[sender] -= len(payload)
        if not self._missing[sender]:
            self.messages.append(self._whole(sender))

    def _whole(self, sender: str) -> dict[str, Any]:
        message, data = self._waiting[sender], self._bytes[sender]
        for length in _lengths(message["text"]):
            message["buffers"].append(base64.b64encode(data[:length]).decode())
            data = data[length:]
        return message


def _lengths(text: dict[str, Any]) -> list[int]:
    inner = text.get("message")
    holder = inner if isinstance(inner, dict) and "buffers" in inner else text
    lengths: list[int] = holder.get("buffers", [])
    return lengths


@contextmanager
def served(command: list[str]) -> Iterator[str]:
    """The address that the command prints, while it runs."""
    arguments = [*command, "--port", "0", "--no-open", "--no-token"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


def play(page: Page, address: str) -> None:
    """What a visitor does: look, then move the wave with the keyboard."""
    page.goto(address)
    page.get_by_text("Ready").wait_for()
    page.get_by_role("slider").first.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
        page.wait_for_timeout(300)


def states_after(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """The models that the conversation leads to, by our own fold; the other language must agree."""
    replay = Replay()
    commands: dict[int | None, ModelCommand] = {}
    for message in messages:
        decoded = _decoded(message)
        match decoded:
            case ModelCommand():
                commands[decoded.command_id] = decoded
            case ModelAck():
                # What the page wrote itself does not come back: its answer says what became of it.
                known = replay.keys_of(decoded.model_id)
                update = applied_by(commands[decoded.command_id], decoded, known)
                if update is not None:
                    replay.apply(ModelLifecycle(model_id=decoded.model_id, message=update))
            case ModelLifecycle():
                replay.apply(decoded)
    return {
        event.model_id: _written(event.message.into_state())
        for event in replay.snapshot()
        if isinstance(event, ModelLifecycle) and isinstance(event.message, ModelOpenMessage)
    }


def _decoded(message: dict[str, Any]) -> Any:
    union = Notification if message["from"] == "kernel" else Command
    reader: FrameReader[Any] = FrameReader(Decoder(union), LIMIT)
    decoded = reader.text(json.dumps(message["text"]))
    for buffer in message["buffers"]:
        decoded = reader.data(base64.b64decode(buffer)) or decoded
    return decoded


def _written(value: Any) -> Any:
    if isinstance(value, memoryview):
        return {"$binary": base64.b64encode(value).decode()}
    if isinstance(value, float) and not math.isfinite(value):
        return {"$number": str(value)}
    if isinstance(value, dict):
        return {key: _written(item) for key, item in value.items()}
    return [_written(item) for item in value] if isinstance(value, list) else value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("command", nargs="*", default=[sys.executable, "-m", "anyhost", "demo"])
    options = parser.parse_args()
    recording = Recording()
    with served(options.command) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER)
        page = browser.new_page()
        page.on("websocket", recording.watch)
        play(page, address)
        browser.close()
    transcript = {
        "about": "The demo: a page joins while the notebook runs, and the wave is moved with the keyboard.",
        "messages": recording.messages,
        "expected": {"models": states_after(recording.messages)},
    }
    options.file.write_text(json.dumps(transcript, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
