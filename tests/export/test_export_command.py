"""`anyhost export` as its author meets it: the file, what is said, the exit code."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
from pathlib import Path

import pytest
from chromium import CHROMIUM
from exports import ANYHOST, COUNTER, Elements, export

from anyhost.cli import main

pytestmark = pytest.mark.process


def notebook(folder: Path, text: str) -> Path:
    path = folder / "notebook.py"
    path.write_text(text, "utf-8")
    return path


def test_one_file_beside_the_notebook_and_its_size(tmp_path: Path) -> None:
    done = export(notebook(tmp_path, f"# %%\n{COUNTER}\n# %%\na, b = Counter(), Counter()\ndisplay(a, b)\n"))
    assert (done.returncode, done.stderr) == (0, "")
    page = tmp_path / "notebook.html"
    assert done.stdout == f"anyhost: {page}, {page.stat().st_size / 1e3:.0f} KB\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notebook.html", "notebook.py"]
    elements = Elements(page.read_text("utf-8"))
    assert len(elements.texts(data_anyhost="module")) == 2  # one script, one style
    notifications = [json.loads(each) for each in elements.texts(data_anyhost="notification")]
    assert [each["op"] for each in notifications].index("notebook") > [each["op"] for each in notifications].index(
        "model-lifecycle"
    )  # promise 1
    assert notifications[0]["model_ids"] == [each["model_id"] for each in notifications if "model_id" in each]


def test_a_cell_that_raises_is_shown_and_told(tmp_path: Path) -> None:
    path = notebook(tmp_path, "# %% [markdown]\n# Text\n# %%\n1 / 0\n# %%\nprint('after')\n# %%\nno_such_name\n")
    done = export(path, "-o", "page.html")
    assert done.returncode == 1
    assert done.stderr == "anyhost: cells 2, 4: an error, which the page shows\n"
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "division by zero" in page
    assert "after" in page
    assert export(path, "--allow-errors").returncode == 0


def test_a_notebook_that_leaves_on_purpose_has_not_failed(tmp_path: Path) -> None:
    """As with `python FILE`: what comes after `sys.exit()` does not run, and that is no error."""
    text = "# %%\nprint('one')\n# %%\nimport sys\nsys.exit({reason})\n# %%\nprint('never')\n"
    done = export(notebook(tmp_path, text.format(reason="")))
    assert (done.returncode, done.stderr) == (0, "")
    done = export(notebook(tmp_path, text.format(reason="'no data'")))
    assert (done.returncode, done.stderr) == (1, "anyhost: cell 2: an error, which the page shows\n")


def test_a_python_that_ends_leaves_the_earlier_page(tmp_path: Path) -> None:
    (tmp_path / "notebook.html").write_text("the earlier one")
    done = export(notebook(tmp_path, "# %%\nimport os\nos._exit(3)\n"))
    assert done.returncode == 1
    assert done.stderr.endswith("anyhost: Python has stopped: ended with exit code 3\n")
    assert (tmp_path / "notebook.html").read_text() == "the earlier one"
    assert len(list(tmp_path.iterdir())) == 2


def test_tasks_that_cells_began_may_still_change_widgets(tmp_path: Path) -> None:
    done = export(
        notebook(
            tmp_path,
            f"# %%\n{COUNTER}\n# %%\nimport asyncio\ncounter = Counter()\n\nasync def later():\n"
            "    for count in range(5):\n        await asyncio.sleep(0.1)\n        counter.count = 100 + count\n\n"
            "task = asyncio.create_task(later())\ncounter\n",
        )
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert '"count":104' in (tmp_path / "notebook.html").read_text("utf-8")


def test_widgets_that_never_rest_are_taken_as_they_are(tmp_path: Path) -> None:
    text = (
        f"# %%\n{COUNTER}\n# %%\nimport asyncio\ncounter = Counter()\n\nasync def ticking():\n"
        "    while True:\n        await asyncio.sleep(0.05)\n        counter.count += 1\n\n"
        "task = asyncio.create_task(ticking())\ncounter\n"
    )
    done = export(notebook(tmp_path, text), "--settle", "1")
    assert done.returncode == 0
    assert done.stderr == (
        "anyhost: widgets still changed 1 s after the last cell; the page has them as they were then\n"
    )


def test_a_cell_that_still_runs_is_not_shown_as_running_for_ever(tmp_path: Path) -> None:
    text = (
        f"# %%\n{COUNTER}\n# %%\nimport asyncio\ncounter = Counter()\n\nasync def later():\n"
        "    for counter.count in range(1, 51):\n        await asyncio.sleep(0.04)\n\n"
        "task = asyncio.create_task(later())\n"
        "# %%\nprint(counter.count)\nif counter.count == 50:\n    await asyncio.sleep(60)\n"
    )
    done = export(notebook(tmp_path, text), "--settle", "5")
    assert "still changed 5 s after the last cell" in done.stderr
    told = [
        json.loads(each)
        for each in Elements((tmp_path / "notebook.html").read_text()).texts(data_anyhost="notification")
    ]
    assert [each for each in told if each["op"] == "cell-lifecycle" and each["message"]["method"] == "running"] == []
    assert [each["status"] for each in told if each["op"] == "kernel"] == ["idle"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("export", "FILE"),
        ("export missing.py", "missing.py: there is no such file"),
        ("export ok.py -o nowhere/page.html", "there is no folder nowhere"),
        ("export ok.py -o ok.py", "ok.py: expected the name of a page to write, such as ok.html"),
        ("export ok.py -o folder", "folder: expected the name of a page to write"),
        ("export ok.py --settle soon", "expected a number from 0"),
    ],
)
def test_what_cannot_be_exported_runs_nothing(
    arguments: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("anyhost.cli.exporting.export_notebook", lambda *_, **__: pytest.fail("a notebook was run"))
    Path("ok.py").write_text("1\n")
    Path("folder").mkdir()
    try:
        code = main(arguments.split())
    except SystemExit as exit_:
        code = int(str(exit_.code))
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert said in err
    assert Path("ok.py").read_text() == "1\n"


def test_ctrl_c_ends_it_and_writes_nothing(tmp_path: Path) -> None:
    path = notebook(tmp_path, "# %%\nimport pathlib\npathlib.Path('begun').touch()\nwhile True:\n    pass\n")
    with subprocess.Popen([str(ANYHOST), "export", str(path)], cwd=tmp_path, stderr=subprocess.PIPE) as process:
        asyncio.run(_appears(tmp_path / "begun"))
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
    assert sorted(each.name for each in tmp_path.iterdir()) == ["begun", "notebook.py"]


async def _appears(path: Path) -> None:
    async with asyncio.timeout(60):
        while not path.exists():  # noqa: ASYNC110, ASYNC240 - another process makes it
            await asyncio.sleep(0.05)


def test_where_nobody_could_ask_it_says_so_and_what_to_do(tmp_path: Path) -> None:
    path = notebook(tmp_path, f"# %%\n{COUNTER}\n# %%\nCounter()\n")
    done = export(path, "--browser", "/nowhere/chromium")
    assert done.returncode == 0
    assert "/nowhere/chromium could not be started: No such file or directory" in done.stderr
    assert "Name a browser with --browser, or say --no-browser" in done.stderr
    done = export(path, "--browser", "/bin/true")
    assert "/bin/true was to open the page, and ended with code 0" in done.stderr


@pytest.mark.browser
def test_widgets_that_ask_without_an_end_are_answered_until_the_limit(tmp_path: Path) -> None:
    """Promise 8."""
    asks = 'import anywidget\n\n\nclass Asks(anywidget.AnyWidget):\n    _esm = """\n'
    asks += '    export default { initialize({ model }) { setInterval(() => model.send(\'more\'), 50); } };\n    """\n'
    asks += "\n\nasked = Asks()\nasked.on_msg(lambda widget, _content, _buffers: widget.send('said'))\nasked\n"
    done = export(notebook(tmp_path, asks), "--settle", "2", "--browser", CHROMIUM)
    assert done.returncode == 0
    assert "widgets still asked 2 s after the page was opened" in done.stderr
    elements = Elements((tmp_path / "notebook.html").read_text("utf-8"))
    assert elements.texts(data_anyhost="answers")
