"""docs/django.md as who follows it meets it: the built wheel, a new project, its files, its commands, in Chromium."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mounted import unpack, uvicorn
from playwright.sync_api import Browser, BrowserContext, Locator, expect
from servers import Server
from tabs import Tab

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("widgets in an app")]

PASSWORD = "correct horse"

USERS = f"""
from django.contrib.auth.models import User
for name in ("ada", "bob"):
    User.objects.create_user(name, password={PASSWORD!r})
"""

PLAIN_VIEW = """

from asgiref.sync import async_to_sync


@login_required
def add(request):
    session = async_to_sync(host.session)(request)
    session["counter"].count += 10
    return redirect("page")


async def look(request):
    await host.session(request)
"""
REFUSED = "<p>Not for you: {{ exception }}</p>"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, installed: Callable[[str], Path]) -> Iterator[Server]:
    folder, python = tmp_path_factory.mktemp("django"), installed("django.md")

    def run(*arguments: str) -> None:
        subprocess.run([python, *arguments], cwd=folder, check=True, timeout=120)

    run("-m", "django", "startproject", "mysite", ".")
    app = unpack("django.md", folder)
    run("manage.py", "migrate", "--verbosity", "0")
    run("manage.py", "shell", "--command", USERS)
    for name, more in (
        ("views", PLAIN_VIEW),
        ("urls", '\nurlpatterns += [path("add/", views.add), path("look/", views.look)]\n'),
    ):
        with (folder / f"mysite/{name}.py").open("a", encoding="utf-8") as file:
            file.write(more)
    (folder / "templates/403.html").write_text(REFUSED, encoding="utf-8")
    with uvicorn(app, folder, python=python) as server:
        yield server


def counter(tab: Tab) -> Locator:
    return tab.page.locator('any-view[name="counter"] button')


def votes(tab: Tab) -> Locator:
    return tab.page.locator('any-view[name="votes"] button')


def sign_in(context: BrowserContext, site: Server, name: str) -> Tab:
    tab = Tab(context, site.address)
    tab.page.goto(f"{site.address}login/")
    tab.page.get_by_label("Username").fill(name)
    tab.page.get_by_label("Password").fill(PASSWORD)
    tab.page.get_by_role("button", name="Sign in").click()
    return tab


def test_two_users_have_counters_of_their_own_and_a_view_sets_it(site: Server, browser: Browser) -> None:
    with browser.new_context() as hers, browser.new_context() as his:
        ada, bob = sign_in(hers, site, "ada"), sign_in(his, site, "bob")
        expect(counter(ada)).to_have_text("ada: 0", timeout=30_000)
        expect(counter(bob)).to_have_text("bob: 0", timeout=30_000)
        counter(ada).click()
        votes(bob).click()
        expect(votes(ada)).to_have_text("everyone's: 1")
        expect(counter(ada)).to_have_text("ada: 1")
        ada.page.reload()
        expect(counter(ada)).to_have_text("ada: 1", timeout=30_000)
        expect(counter(bob)).to_have_text("bob: 0")
        ada.page.goto(f"{site.address}add/")
        expect(counter(ada)).to_have_text("ada: 11", timeout=30_000)
        ada.page.get_by_role("button", name="Reset").click()
        expect(counter(ada)).to_have_text("ada: 0", timeout=30_000)
        expect(votes(ada)).to_have_text("everyone's: 1", timeout=30_000)
        assert ada.complaints == bob.complaints == []


def test_who_signs_in_next_sees_nothing_of_the_one_before(site: Server, browser: Browser) -> None:
    with browser.new_context() as context:
        ada = sign_in(context, site, "ada")
        counter(ada).click(timeout=30_000)
        expect(counter(ada)).to_have_text("ada: 1")
        bob = sign_in(context, site, "bob")
        expect(counter(bob)).to_have_text("bob: 0", timeout=30_000)


def test_who_is_not_signed_in_gets_no_widget(site: Server, browser: Browser) -> None:
    with browser.new_context() as context:
        tab = Tab(context, site.address)
        answer = tab.page.evaluate(
            """async () => {
                const options = { method: "POST", body: JSON.stringify({ names: ["counter"] }) };
                const response = await fetch("/widgets/views", options);
                return [response.status, await response.text()];
            }"""
        )
        assert answer[0] == 403 and "authorize()" in answer[1]
        tab.allow("403")
        response = tab.page.goto(f"{site.address}look/")
        assert response is not None and response.status == 403
        expect(tab.page.locator("p")).to_have_text(
            re.compile(r"Not for you: this app does not let you .*authorize\(\)")
        )
