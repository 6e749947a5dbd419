"""Progress bars show as bars: text that goes back to the beginning of its line, as it comes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from notebooks import kernel_in

from anyhost.protocol.messages import CellConsole
from anyhost.session.console import ConsoleText

pytestmark = pytest.mark.anyio

BARS = {
    "tqdm": "from tqdm import tqdm\nfor _ in tqdm(range(6), desc='Load', mininterval=0): wait()",
    "tqdm.auto": "from tqdm.auto import tqdm\nfor _ in tqdm(range(6), desc='Load', mininterval=0): wait()",
    "tqdm.trange": "from tqdm import trange\nfor _ in trange(6, desc='Load', mininterval=0): wait()",
    "rich.track": "from rich.progress import track\nfor _ in track(range(6), description='Load'): wait()",
    "rich.Progress": "from rich.progress import Progress\nwith Progress() as progress:\n"
    "    task = progress.add_task('Load', total=6)\n    for _ in range(6): wait(); progress.advance(task)",
}


@pytest.mark.parametrize("kind", BARS)
async def test_a_bar_moves_in_one_line(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # tqdm.auto takes this module for a sign of Jupyter, when it is imported first; another test has loaded it.
    for module in ("ipykernel.zmqshell", "tqdm.auto", "tqdm.autonotebook"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(f"import time\ndef wait(): time.sleep(0.05)\n{BARS[kind]}")
        await kernel.run_cells("a")
        pieces = kernel.of(CellConsole)
        drawn = [piece.text for piece in pieces if "Load" in piece.text]
        assert kernel.errors() == [] and len(drawn) >= 2
        assert all(text.startswith("\r") for text in drawn)
        shown = ConsoleText()
        for piece in pieces:
            shown.write(piece.text)
        lines = [line for line in "".join(shown.pieces()).split("\n") if "Load" in line]
        assert len(lines) == 1 and "100%" in lines[0].rpartition("\r")[2]


async def test_a_bar_of_widgets(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit("from tqdm.notebook import tqdm\nfor _ in tqdm(range(3), desc='Load'): pass")
        await kernel.run_cells("a")
        (shown,) = kernel.shown()
        assert "application/vnd.jupyter.widget-view+json" in shown and kernel.errors() == []
