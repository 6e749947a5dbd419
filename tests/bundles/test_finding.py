"""Where the front ends of classic widgets' packages are found, and that nothing else is (`design.md`, section 6)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from frontends import amd, federated, write

from anyhost.bundles.finding import Bundle, Bundles, Missing, jupyter_folders


def found(module: str, *folders: Path) -> Bundle:
    bundle = Bundles(folders).find(module)
    assert isinstance(bundle, Bundle), bundle
    return bundle


def test_an_nbextension_is_found_by_the_name_of_its_folder(tmp_path: Path) -> None:
    amd(tmp_path, "bqplot")
    bundle = found("bqplot", tmp_path)
    assert (bundle.kind, bundle.place, bundle.entry) == ("amd", "nbextensions/bqplot", "index.js")


def test_an_nbextension_may_say_that_it_has_a_module_of_another_name(tmp_path: Path) -> None:
    """As pydeck's does, and as RequireJS was told by it in the classic notebook."""
    says = 'require.config({map: {"*": {"@deck.gl/widget": "nbextensions/pydeck/dist/main"}}})'
    amd(tmp_path, "pydeck", files={"extensionRequires.js": says, "dist/main.js": "define([], () => ({}))"})
    bundle = found("@deck.gl/widget", tmp_path)
    assert (bundle.place, bundle.entry) == ("nbextensions/pydeck", "dist/main.js")


def test_a_name_with_a_scope_has_two_folders(tmp_path: Path) -> None:
    amd(tmp_path, "@scope/name")
    assert found("@scope/name", tmp_path).place == "nbextensions/@scope/name"


def test_a_labextension_is_taken_where_there_is_nothing_else(tmp_path: Path) -> None:
    shared = {"bqscales": {"bundled": False, "singleton": True}, "d3": {"bundled": True}, "sucrase": False}
    federated(tmp_path, "@scope/plots", sharedPackages=shared)
    bundle = found("@scope/plots", tmp_path)
    assert (bundle.kind, bundle.place) == ("federated", "labextensions/@scope/plots")
    assert (bundle.entry, bundle.needs, bundle.style) == ("static/remoteEntry.abc.js", ("bqscales",), False)
    amd(tmp_path, "@scope/plots")
    assert found("@scope/plots", tmp_path).kind == "amd"


def test_what_comes_first_of_the_folders_counts_whatever_form_it_has(tmp_path: Path) -> None:
    """An old one of the system's must not win over that of the environment."""
    environment, system = tmp_path / "environment", tmp_path / "system"
    federated(environment, "plots")
    amd(system, "plots")
    assert found("plots", environment, system).kind == "federated"


@pytest.mark.parametrize(
    "description",
    ["", "{", "[]", "null", '{"jupyterlab": true}', '{"jupyterlab": {"_build": {"load": "../../secret.js"}}}'],
)
def test_a_labextension_that_was_not_built_is_none(tmp_path: Path, description: str) -> None:
    root = federated(tmp_path, "plots")
    (root / "package.json").write_text(description)
    assert isinstance(Bundles([tmp_path]).find("plots"), Missing)


@pytest.mark.parametrize(
    "module", ["", ".", "..", "../x", "a/b", "@a", "@../x", "/etc", "a\\b", "C:", "x\0", "@a/b/c", "é", "nope"]
)
def test_what_is_not_there_is_said_with_what_was_looked_for(tmp_path: Path, module: str) -> None:
    amd(tmp_path / "x", "x")
    missing = Bundles([tmp_path / "x" / "nbextensions", tmp_path]).find(module)
    assert isinstance(missing, Missing)
    assert missing.files[0] == f"nbextensions/{module}/index.js"
    assert missing.folders == (str(tmp_path / "x" / "nbextensions"), str(tmp_path))


def test_a_package_that_is_installed_later_is_found(tmp_path: Path) -> None:
    bundles = Bundles([tmp_path])
    assert isinstance(bundles.find("late"), Missing)
    amd(tmp_path, "late")
    assert isinstance(bundles.find("late"), Bundle)


# ---- Files --------------------------------------------------------------------------------------------


def test_a_file_is_found_by_the_stamp_of_its_folder(tmp_path: Path) -> None:
    root = amd(tmp_path, "maps", files={"img/a.png": b"png"})
    bundles = Bundles([tmp_path])
    stamp = found("maps", tmp_path).folder.stamp
    assert bundles.file(stamp, "nbextensions/maps/img/a.png") == root / "img" / "a.png"
    assert Bundles([tmp_path]).file(stamp, "nbextensions/maps/index.js") == root / "index.js"  # a server later
    assert bundles.file("0" * 32, "nbextensions/maps/index.js") is None


def test_another_file_is_another_stamp(tmp_path: Path) -> None:
    """What is kept for good must have another address when it changes."""
    root = amd(tmp_path, "maps")
    before = found("maps", tmp_path).folder.stamp
    os.utime(root / "index.js", ns=(1, 1))
    touched = found("maps", tmp_path).folder.stamp
    write(root, {"later.css": "a {}"})
    assert len({before, touched, found("maps", tmp_path).folder.stamp}) == 3


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "nbextensions", "nbextensions/maps", "nbextensions/maps/", "nbextensions/maps/missing.js"),
        *("nbextensions/maps/../other/index.js", "nbextensions/../secret.js", "nbextensions/maps//index.js"),
        *("nbextensions/maps/../../secret.js", "../secret.js", "/etc/passwd", "nbextensions//etc/passwd"),
        *("nbextensions/maps/./index.js", "nbextensions/maps/..\\..\\secret.js", "labextensions/maps/index.js"),
        *("nbextensions/maps/index.js\0", "nbextensions/maps/notes.py", "nbextensions/maps/.git/x.js", "secret.js"),
        *("nbextensions/other/index.js", "nbextensions/maps%2findex.js", "nbextensions/MAPS/index.js/"),
        *("nbextensions/maps/out.js", "nbextensions/maps/outside/secret.js"),
    ],
)
def test_no_path_leaves_the_folder_or_finds_what_is_no_front_end(tmp_path: Path, path: str) -> None:
    root = amd(tmp_path, "maps", files={"notes.py": "", ".git/x.js": ""})
    amd(tmp_path, "other")
    write(tmp_path, {"secret.js": ""})
    (root / "out.js").symlink_to(tmp_path / "secret.js")
    (root / "outside").symlink_to(tmp_path)
    stamp = found("maps", tmp_path).folder.stamp
    assert Bundles([tmp_path]).file(stamp, path) is None


def test_the_folder_itself_may_be_a_link_as_developers_have_it(tmp_path: Path) -> None:
    sources = amd(tmp_path / "sources", "maps", files={"b.js": ""})
    (sources / "linked.js").symlink_to(sources / "b.js")
    (tmp_path / "nbextensions").mkdir()
    (tmp_path / "nbextensions" / "maps").symlink_to(sources)
    bundle = found("maps", tmp_path)
    path = Bundles([tmp_path]).file(bundle.folder.stamp, "nbextensions/maps/linked.js")
    assert path is not None
    assert path.resolve() == sources / "b.js"


def test_the_environment_s_own_folder_is_among_those_that_are_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    folders = jupyter_folders()
    assert folders[0] == tmp_path
    assert Path(sys.prefix, "share", "jupyter") in folders
