"""Front ends as text, for a page without a server: what they refer to is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from frontends import amd, federated

from anyhost.bundles.finding import Bundles
from anyhost.bundles.inlining import inlined


def inline(folder: Path, *modules: str) -> dict[str, dict[str, Any]]:
    return {found["module"]: found for found in inlined(modules, Bundles([folder]))}


def test_fonts_and_pictures_are_in_the_text(tmp_path: Path) -> None:
    text = """define(["@jupyter-widgets/base"], b => { t.exports = n.p + "a.png"; e=r.p+'s/b.svg?v=1#x'; return {} })"""
    amd(tmp_path, "maps", text, {"a.png": b"png", "s/b.svg": b"<svg/>"})
    (script,) = inline(tmp_path, "maps")["maps"]["scripts"]
    assert 't.exports = "data:image/png;base64,cG5n"' in script
    assert 'e="data:image/svg+xml;base64,PHN2Zy8+"' in script


def test_a_name_that_is_no_file_of_the_folder_stays_as_it_is(tmp_path: Path) -> None:
    text = 'define([], () => [n.p+"../../secret.js", n.p+"missing.png", n.p+i, x.p + "/etc/passwd"])'
    amd(tmp_path, "maps", text)
    assert inline(tmp_path, "maps")["maps"]["scripts"] == [text]


def test_a_font_is_there_once_in_the_form_that_browsers_take(tmp_path: Path) -> None:
    """ipyvuetify's icons come in four forms of 0.4 to 1.3 MB each."""
    text = 'define([], () => [n.p+"a.eot?#iefix", n.p+"a.woff2", n.p+"a.ttf"])'
    fonts = {"a.eot": b"old", "a.woff2": b"new", "a.ttf": b"old"}
    amd(tmp_path, "icons", text, fonts)
    (script,) = inline(tmp_path, "icons")["icons"]["scripts"]
    assert script == 'define([], () => ["data:,", "data:font/woff2;base64,bmV3", "data:,"])'
    amd(tmp_path, "old", 'define([], () => n.p+"a.ttf")', {"a.ttf": b"old"})
    assert "data:font/ttf;base64,b2xk" in inline(tmp_path, "old")["old"]["scripts"][0]


def test_scripts_that_would_be_fetched_later_run_before(tmp_path: Path) -> None:
    """Webpack's runtime takes what its list has when it begins."""
    entry = "define([], () => { const l = self.webpackChunkvue_index=self.webpackChunkvue_index||[]; return {} })"
    files = {
        "later.js": "(self.webpackChunkvue_index=self.webpackChunkvue_index||[]).push([[1],{}])",
        "other.js": "(self.webpackChunkvue=self.webpackChunkvue||[]).push([[1],{}])",
        "nodeps.js": "define(['vue'], () => ({}))",
    }
    amd(tmp_path, "vue", entry, files)
    assert inline(tmp_path, "vue")["vue"]["scripts"] == [files["later.js"], entry]


def test_what_a_bundle_requires_comes_along_once_and_what_the_page_has_does_not(tmp_path: Path) -> None:
    amd(tmp_path, "vuetify", 'define(["jupyter-vue", "@jupyter-widgets/base", "module", "./x"], () => ({}))')
    amd(tmp_path, "jupyter-vue", 'define("jupyter-vue",["exports","vuetify","nowhere"],function(){})')
    found = inline(tmp_path, "vuetify", "jupyter-vue")
    assert {module: one["kind"] for module, one in found.items()} == {
        "vuetify": "amd",
        "jupyter-vue": "amd",
        "nowhere": "missing",
    }
    assert found["nowhere"]["folders"] == (str(tmp_path),)


def test_a_federated_one_brings_those_whose_code_it_shares(tmp_path: Path) -> None:
    federated(tmp_path, "bqscales")
    federated(tmp_path, "bqplot", sharedPackages={"bqscales": {"bundled": False}})
    found = inline(tmp_path, "bqplot")
    assert [(one["kind"], one["entry"]) for one in found.values()] == [
        ("federated", "labextensions/bqplot/static/remoteEntry.abc.js"),
        ("federated", "labextensions/bqscales/static/remoteEntry.abc.js"),
    ]
    assert found["bqplot"]["needs"] == ("bqscales",)
