"""docs/runtime.md and docs/react.md, as who follows them meets them: our npm packages from their tarballs, the built
wheel, their files, a real page."""

from __future__ import annotations

import json
import re
import tarfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import tarballs
from mounted import DOCS, files_of, unpack, uvicorn
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("npm packages")]

EXAMPLE = tarballs.ROOT / "examples" / "react"
STRICT = {
    "target": "ES2023",
    "module": "ESNext",
    "moduleResolution": "bundler",
    "lib": ["ES2023", "DOM"],
    "jsx": "react-jsx",
    "types": [],
    "strict": True,
    "noEmit": True,
}
BUILD = re.compile(r"^npx (tsc|vite) ?(.*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return tarballs.pack(tmp_path_factory.mktemp("packed"))


def build(page: str, folder: Path, packed: dict[str, Path], *names: str) -> str:
    """Follow a page of docs/ up to its last command, and return what that one names."""
    app = unpack(page, folder)
    tarballs.install(folder, {name: packed[name] for name in names})
    for tool, arguments in BUILD.findall((DOCS / page).read_text("utf-8")):
        tarballs.tool(tool, *arguments.split(), cwd=folder)
    return app


def hear(page: Page) -> list[str]:
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("console", lambda message: heard.append(message.text) if message.type in ("error", "warning") else None)
    return heard


@pytest.mark.parametrize("name", ["@anyhost/protocol", "@anyhost/runtime", "@anyhost/react"])
def test_a_tarball_has_javascript_declarations_a_readme_and_a_licence_and_nothing_else(
    packed: dict[str, Path], name: str
) -> None:
    with tarfile.open(packed[name]) as tar:
        names = {member.name.removeprefix("package/") for member in tar}
        assert {"package.json", "README.md", "LICENSE", "dist/index.js", "dist/index.d.ts"} <= names
        assert [each for each in names if not re.match(r"dist/.*\.(js|d\.ts|js\.map)$|[\w.]+$", each)] == []
        for each in names:
            if each.endswith((".js", ".d.ts")):
                file = tar.extractfile(f"package/{each}")
                assert file and not re.search(rb'from "\.[^"]*\.ts"', file.read()), each


def test_a_host_of_ones_own_on_the_runtime(
    packed: dict[str, Path], installed: Callable[[str], Path], browser: Browser, tmp_path: Path
) -> None:
    """Type-checked strictly against the declarations, and driven."""
    app = build("runtime.md", tmp_path, packed, "@anyhost/runtime", "@anyhost/protocol", "zod")
    with uvicorn(app, tmp_path, python=installed("runtime.md")) as server, browser.new_context() as context:
        page = context.new_page()
        heard = hear(page)
        page.goto(server.address)
        buttons = page.get_by_role("button")
        expect(buttons).to_have_text(["count is 0", "count is 0"])
        buttons.first.click()
        expect(buttons).to_have_text(["count is 1", "count is 1"])
        page.reload()
        expect(buttons).to_have_text(["count is 1", "count is 1"])
        assert heard == []


def test_react_from_the_tarball(
    packed: dict[str, Path], installed: Callable[[str], Path], browser: Browser, tmp_path: Path
) -> None:
    """Type-checked strictly against the declarations, and driven."""
    needed = ("react", "react-dom", "scheduler", "@types/react", "@types/react-dom", "csstype")
    app = build("react.md", tmp_path, packed, "@anyhost/react", *needed)
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": STRICT, "include": ["src"]}), "utf-8")
    tarballs.tool("tsc", cwd=tmp_path)
    (tmp_path / "app.py").write_text(telling(tmp_path / "app.py"), "utf-8")
    with uvicorn(app, tmp_path, python=installed("react.md")) as server:
        drive(server.address, browser)


def test_react_from_the_workspace(browser: Browser, tmp_path: Path) -> None:
    tarballs.tool("vite", "build", "--outDir", str(tmp_path / "dist"), cwd=EXAMPLE)
    (tmp_path / "app.py").write_text(telling(EXAMPLE / "app.py"), "utf-8")
    with uvicorn("app:app", tmp_path) as server:
        drive(server.address, browser)


def telling(app: Path) -> str:
    """The example's app, whose widgets say on the console when their code runs."""
    text, begin = app.read_text("utf-8"), "      render({ model, el }) {\n"
    assert begin in text
    initialize = '      initialize({ model }) { console.info("initialize", model.get("label")); },\n'
    return text.replace(begin, f'{initialize}{begin}        console.info("render", model.get("label"));\n')


def drive(address: str, browser: Browser) -> None:
    """Views mount, unmount and move under StrictMode: `initialize` has run once for each widget (promise 5)."""
    with browser.new_context() as context:
        page = context.new_page()
        heard, told = hear(page), Counter[str]()
        page.on("console", lambda message: told.update([message.text] if message.type == "info" else []))
        page.goto(address)
        views = page.locator("any-view button")
        expect(views).to_have_text(["mine: 0", "everyone's: 0"])
        views.first.click()
        expect(views.first).to_have_text("mine: 1")
        page.get_by_role("button", name="Hide").click()
        expect(views).to_have_count(0)
        page.get_by_role("button", name="Show").click()
        expect(views).to_have_text(["mine: 1", "everyone's: 0"])
        first = views.first.element_handle()
        page.get_by_role("button", name="Swap").click()
        expect(views).to_have_text(["everyone's: 0", "mine: 1"])
        assert first and first.evaluate("button => button.isConnected"), "what is moved keeps its DOM"
        views.last.click()
        expect(views.last).to_have_text("mine: 2")
        assert told == {"initialize mine": 1, "initialize everyone's": 1, "render mine": 2, "render everyone's": 2}
        assert heard == []


def test_the_page_about_react_is_the_example() -> None:
    files = files_of("react.md")
    assert files == {name: (EXAMPLE / name).read_text("utf-8") for name in files}
    assert set(files) == {
        str(path.relative_to(EXAMPLE))
        for path in EXAMPLE.rglob("*.*")
        if path.is_file() and not {"node_modules", "dist"} & set(path.parts) and path.name != "README.md"
    }
