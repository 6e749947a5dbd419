"""The command: what it prints, what it refuses, and that it leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from websockets.asyncio.client import connect

from anyhost.cli import main
from anyhost.cli.options import DEMO
from anyhost.cli.serving import Address
from anyhost.server.serving import bind

ANYHOST = Path(sys.executable).parent / "anyhost"
PATIENCE = 60.0  # seconds until a server is up, on a machine that is busy
IDLE = "# %%\nprint('ready')\n"
BUSY = "# %%\nprint('ready')\nwhile True:\n    pass\n"


# ---- What is refused: one line on stderr, exit code 2 ----


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("run", "FILE"),
        ("run missing.py", "missing.py: there is no such file"),
        ("run .", "expected a Python script (.py) or a Jupyter notebook (.ipynb)"),
        ("run broken.py", "broken.py, line 1: this is not Python"),
        ("run broken.ipynb", "broken.ipynb: this is not a Jupyter notebook"),
        ("run image.png", "expected a Python script"),
        ("edit", "FILE"),
        ("edit .", "expected a Python script (.py) or a Jupyter notebook (.ipynb)"),
        ("edit folder.py", "folder.py: this is a directory, not a notebook"),
        ("edit nowhere/new.py", "there is no folder nowhere"),
        ("edit image.png/new.py", "image.png/new.py: cannot be read"),
        ("edit new.txt", "expected a Python script"),
        ("edit broken.ipynb", "broken.ipynb: this is not a Jupyter notebook"),
        ("dance", "dance"),
        ("demo --port 70000", "expected a number from 0 to 65535, got '70000'"),
        ("demo --port http", "expected a number from 0 to 65535, got 'http'"),
        ("demo --max-sessions 0", "expected a number from 1"),
        ("demo --allow-host *", "expected a host name such as app.example.com, got '*'"),
        ("demo --allow-host https://a.b", "expected a host name"),
        ("demo --allow-origin app.example.com", "expected an origin such as https://app.example.com"),
        ("demo --allow-origin null", "expected an origin"),
        ("demo --base-url apps", "expected a path such as /apps/one"),
        ("demo --base-url /a/../b", "expected a path such as /apps/one"),
        ("demo --token=", "--no-token asks for none"),
        ("demo --token a --no-token", "not allowed with"),
        ("dev", "MODULE:CLASS"),
        ("dev my_widget", "expected MODULE:CLASS, such as my_widget:Counter, got 'my_widget'"),
        ("dev my-widget:Counter", "'my-widget' is not the name of a module"),
        ("dev missing.py:Counter", "missing.py: there is no such file"),
        ("demo --host nowhere.invalid", "cannot listen on nowhere.invalid, port 8765"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_2(
    arguments: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("anyhost.cli.serving.Server", lambda *_, **__: pytest.fail("a server was started"))
    Path("broken.py").write_text("print 1\n")
    Path("broken.ipynb").write_text("{}")
    Path("image.png").write_bytes(b"\x89PNG")
    Path("folder.py").mkdir()
    assert _code_of(arguments.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.startswith("anyhost: ")
    assert err.count("\n") == 1


def test_a_port_that_is_taken_is_one_line_that_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        assert main(["demo", "--port", str(port)]) == 2
    expected = f"anyhost: port {port} on 127.0.0.1 is taken: choose another with --port, or --port 0 for any free one\n"
    assert capsys.readouterr().err == expected


def test_without_a_command_it_says_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "run a notebook as an app" in capsys.readouterr().err


def test_every_option_of_the_surface_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """design.md, section 7."""
    shared = (
        *("--host", "--port", "--open", "--no-open", "--token", "--no-token", "ANYHOST_TOKEN", "--allow-host"),
        *("--allow-origin", "--base-url", "--max-sessions", "--proxy-headers"),
    )
    own = {"run": ("--show-code", "--reload"), "demo": ("--show-code", "--reload"), "edit": (), "dev": ()}
    for command, options in own.items():
        assert _code_of([command, "--help"]) == 0
        text = capsys.readouterr().out
        for option in (*shared, *options):
            assert option in text
    assert _code_of(["--version"]) == 0
    assert re.fullmatch(r"anyhost \d+\.\d+\.\d+\S*\n", capsys.readouterr().out)


def test_the_demo_is_there() -> None:
    assert DEMO.is_file()


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (Address("127.0.0.1", 8765, "", "abc"), "http://127.0.0.1:8765/?token=abc"),
        (Address("127.0.0.1", 8765, "", None), "http://127.0.0.1:8765/"),
        (Address("0.0.0.0", 80, "/apps/one", None), "http://127.0.0.1:80/apps/one/"),
        (Address("::", 1, "", "a b&c"), "http://[::1]:1/?token=a%20b%26c"),
        (Address("fe80::1", 1, "", None), "http://[fe80::1]:1/"),
        (Address("localhost", 1, "", None), "http://localhost:1/"),
    ],
)
def test_the_address_is_one_that_can_be_opened(address: Address, text: str) -> None:
    assert str(address) == text


def _code_of(arguments: list[str]) -> int:
    try:
        return main(arguments)
    except SystemExit as ended:
        assert isinstance(ended.code, int)
        return ended.code


# ---- A server ----


@contextmanager
def serving(*arguments: str, environment: dict[str, str] | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command in a process group of its own, as a terminal starts it, and the address that it prints."""
    process = subprocess.Popen(
        [ANYHOST, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONUNBUFFERED": "", **(environment or {})},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("anyhost: http://"), (line, process.stderr and process.stderr.read())
        yield process, line.removeprefix("anyhost: ").strip()
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@asynccontextmanager
async def a_session(address: str) -> AsyncIterator[str]:
    """A page, once the notebook's first cell has printed; what it has printed."""
    parts = urlsplit(address)
    async with connect(f"ws://{parts.netloc}{parts.path}ws?{parts.query}") as socket:
        async with asyncio.timeout(PATIENCE):
            while (printed := re.search(r"ready[ \d]*", str(await socket.recv()))) is None:
                pass
        yield printed[0]


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "notebook.py"
    path.write_text(IDLE)
    return path


@pytest.mark.process
def test_it_prints_one_line_with_an_address_that_opens(notebook: Path) -> None:
    """design.md, section 7: when the server accepts connections, and `/healthz` answers 200."""
    with serving("run", str(notebook), "--port", "0") as (process, address):
        origin = address.partition("/?token=")[0]
        assert httpx.get(f"{origin}/healthz").status_code == 200
        assert httpx.get(f"{origin}/").status_code == 401
        opened = httpx.get(address)
        assert (opened.status_code, opened.headers["location"]) == (303, "/")
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.process
def test_the_token_comes_from_the_environment_or_is_none(notebook: Path) -> None:
    with serving("run", str(notebook), "--port=0", environment={"ANYHOST_TOKEN": "from-environment"}) as (_, address):
        assert address.endswith("/?token=from-environment")
    with serving(
        "run", str(notebook), "--port=0", "--no-token", "--base-url=/apps/", environment={"ANYHOST_TOKEN": "unused"}
    ) as (_, address):
        assert address.endswith("/apps/")
        assert httpx.get(address).status_code in (200, 503)  # 503: the front end is not built
        assert httpx.get(address, headers={"host": "evil.com"}).status_code == 403


@pytest.mark.process
@pytest.mark.anyio
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("source", [IDLE, BUSY])
async def test_a_signal_ends_the_server_and_every_kernel(tmp_path: Path, number: signal.Signals, source: str) -> None:
    """With open sockets, and cells that never end; a terminal sends Ctrl-C to the whole group."""
    notebook = tmp_path / "notebook.py"
    notebook.write_text(source)
    with serving("run", str(notebook), "--port=0") as (process, address):
        async with a_session(address), a_session(address):
            family = psutil.Process(process.pid).children(recursive=True)
            assert len(family) >= 2
            began = time.monotonic()
            if number == signal.SIGINT:
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)
            _, err = await asyncio.to_thread(process.communicate, timeout=30)
    assert process.returncode == 0
    assert err == ""
    assert time.monotonic() - began < 15
    assert not psutil.wait_procs(family, timeout=2)[1]


@pytest.mark.process
def test_ctrl_c_while_it_starts_ends_it_without_a_word(notebook: Path) -> None:
    """What kernels are forked from is there before the server is."""
    with subprocess.Popen(
        [ANYHOST, "run", str(notebook), "--port=0", "--no-open"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        deadline = time.monotonic() + PATIENCE
        while not (family := psutil.Process(process.pid).children()):
            assert time.monotonic() < deadline
            time.sleep(0.002)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "")
    assert not psutil.wait_procs(family, timeout=2)[1]


@pytest.mark.process
@pytest.mark.anyio
async def test_each_tab_has_a_process_of_its_own(tmp_path: Path) -> None:
    notebook = tmp_path / "notebook.py"
    notebook.write_text("# %%\nimport os\nprint('ready', os.getpid())\n")
    with serving("run", str(notebook), "--port=0") as (_, address):
        async with a_session(address) as one, a_session(address) as two:
            assert one != two


@pytest.mark.process
def test_the_next_session_has_its_kernel_waiting(notebook: Path) -> None:
    with serving("run", str(notebook), "--port=0") as (process, _address):
        family, deadline = psutil.Process(process.pid), time.monotonic() + PATIENCE
        while len(family.children(recursive=True)) < 2:  # the warm parent, and a kernel of nobody's
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.mark.process
def test_a_browser_is_opened_where_it_was_asked_for_and_one_that_fails_is_no_harm(
    notebook: Path, tmp_path: Path
) -> None:
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}.part\nmv {opened}.part {opened}\nexit 1\n')
    browser.chmod(0o755)
    with serving(
        "run", str(notebook), "--port=0", "--open", environment={"BROWSER": f"{browser} %s", "DISPLAY": ""}
    ) as (_, address):
        deadline = time.monotonic() + PATIENCE
        while not opened.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert opened.read_text().strip() == address
        assert httpx.get(f"{address.partition('/?')[0]}/healthz").status_code == 200
