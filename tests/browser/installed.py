"""anyhost as its users have it: the built wheel in an environment of its own, with just what a page of docs/ installs.

The wheel is built once for all tests, from the front end as it is built. Whatever else an environment has is linked
from the one that the tests run in, distribution by distribution, so that nothing is downloaded, and a dependency
that nobody has declared is missing.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
_INSTALL = re.compile(r"^pip install (anyhost\b.*)$", re.MULTILINE)


def environment_for(page: str, shared: Path) -> Path:
    """The Python of an environment in which somebody has followed the `pip install` lines of a page of docs/.

    `shared` is a folder that all workers of this run of the tests have in common.
    """
    lines = _INSTALL.findall((DOCS / page).read_text("utf-8"))
    assert lines, f"docs/{page} does not say what to install"
    return environment(sorted({name for line in lines for name in line.split()}), shared)


def environment(requirements: Iterable[str], shared: Path) -> Path:
    """The Python of an environment with these distributions, `anyhost` among them, and all that they require."""
    names = sorted({"anyhost", *requirements})
    folder = shared / "-".join(["environment", *(re.sub(r"\W+", "_", name) for name in names)])
    with _once(folder) as made:
        if not made:
            _make(folder, names, _wheel(shared))
    return folder / "bin" / "python"


def _make(folder: Path, names: list[str], wheel: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    (packages,) = folder.glob("lib/python*/site-packages")
    for found in _closure(names):
        _link(found, packages)
    _pip("install", "--no-deps", "--no-index", "--quiet", str(wheel), python=python)
    where = [str(python), "-I", "-c", "import anyhost; print(anyhost.__file__)"]
    told = subprocess.run(where, check=True, capture_output=True, text=True).stdout
    assert Path(told.strip()).is_relative_to(packages), "anyhost must come from the wheel"


def _closure(names: Iterable[str]) -> Iterator[Distribution]:
    """The distributions that these need, each once; anyhost itself left out."""
    waiting, seen = [Requirement(name) for name in names], set[tuple[str, str]]()
    while waiting:
        wanted = waiting.pop()
        found = _distribution(wanted.name)
        for extra in ("", *wanted.extras):
            if (found.name, extra) in seen:
                continue
            seen.add((found.name, extra))
            if not extra and found.name != "anyhost":
                yield found
            needed = [Requirement(text) for text in found.requires or []]
            waiting += [each for each in needed if each.marker is None or each.marker.evaluate({"extra": extra})]


@cache
def _distribution(name: str) -> Distribution:
    return distribution(name)


def _link(found: Distribution, packages: Path) -> None:
    """Have a distribution in these site-packages: its folders and files at the top, by links."""
    for top in {file.parts[0] for file in found.files or [] if file.parts[0] not in ("..", "__pycache__")}:
        source, target = Path(str(found.locate_file(top))), packages / top
        if not source.is_dir():
            target.symlink_to(source)
        elif not target.exists():
            # A folder may be a namespace of several distributions: so its entries are linked, not itself.
            target.mkdir()
        if source.is_dir():
            for entry in source.iterdir():
                if not (target / entry.name).exists():
                    (target / entry.name).symlink_to(entry)


def _wheel(shared: Path) -> Path:
    folder = shared / "wheel"
    with _once(folder) as made:
        if not made:
            assert (ROOT / "src/anyhost/server/static/index.html").is_file(), (
                "the front end is not built: npm run build"
            )
            # `--no-build-isolation`: hatchling is here.
            arguments = ("wheel", "--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir", str(folder), str(ROOT))
            _pip(*arguments, environment={"ANYHOST_SKIP_FRONT_END": "1"})
    (wheel,) = folder.glob("anyhost-*.whl")
    return wheel


def _pip(*arguments: str, python: Path | None = None, environment: dict[str, str] | None = None) -> None:
    target = [] if python is None else ["--python", str(python)]
    command = [sys.executable, "-m", "pip", *target, "--disable-pip-version-check", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **(environment or {})}, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def _once(folder: Path) -> Iterator[bool]:
    """Whether a folder is made already; others who ask wait until this block has made it, or has failed to."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    done = folder.with_name(f"{folder.name}.done")
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield done.exists()
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        done.touch()
