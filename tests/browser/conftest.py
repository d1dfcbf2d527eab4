"""A real server and a real Chromium: what a person would see and press."""

import contextlib
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import sync_playwright

from social_rx import create_app, passwords
from social_rx.db import db
from tests.conftest import settings_for_tests
from tests.databases import free_port

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
PASSWORD = secrets.token_urlsafe(12)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """An application on its own SQLite file, in which the test makes what the pages will show."""
    folder = tmp_path_factory.mktemp("site")
    app = create_app(settings_for_tests(f"sqlite:///{folder / 'site.db'}", folder))
    with app.app_context():
        db.create_all()
        yield folder
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def site(world: Path):
    """The address of a gunicorn that serves the same database; stopped by its process id."""
    port = free_port()
    environment = os.environ | {
        "SOCIAL_RX_ENV": "test",
        "SOCIAL_RX_INSTANCE": str(world),
        "SOCIAL_RX_DATABASE_URL": f"sqlite:///{world / 'site.db'}",
        "SOCIAL_RX_SEARCH_INDEX_DIR": str(world / "search"),
        "SOCIAL_RX_BASE_URL": f"http://127.0.0.1:{port}",
    }
    options = ["--no-control-socket", "--workers", "1", "--worker-class", "gthread", "--threads", "4"]
    command = [sys.executable, "-m", "gunicorn", *options, "--bind", f"127.0.0.1:{port}", "social_rx:create_app()"]
    log = (world / "server.log").open("w")
    with log, subprocess.Popen(command, env=environment, stdout=log, stderr=log) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait_for(address: str, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(URLError, ConnectionError), urlopen(address, timeout=5):
            return
        time.sleep(0.2)
    raise RuntimeError("the server did not start; its log is beside its database")


@pytest.fixture(scope="session")
def browser():
    if not Path(CHROMIUM).exists():
        pytest.fail("Chromium is not installed. On Debian or Ubuntu: sudo apt-get install chromium fonts-liberation")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


class Person:
    """Somebody at a browser of their own, signed in; complains of any error the page makes."""

    def __init__(self, context, site: str):
        self.page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.site = site
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("request", self._stay_at_home)

    def _stay_at_home(self, request) -> None:
        if not request.url.startswith((self.site, "data:")):
            self.complaints.append(f"asked {request.url}")

    def sign_in(self, user) -> "Person":
        self.go("/sign-in")
        self.page.get_by_label("Email address").fill(user.email)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.press("Sign in")
        return self

    def go(self, path: str):
        self.page.goto(self.site + path)
        return self.page

    def press(self, name: str) -> None:
        self.click(self.page.get_by_role("button", name=name, exact=True))

    def follow(self, name: str) -> None:
        self.click(self.page.get_by_role("link", name=name))

    def click(self, what) -> None:
        """Click what leads to another page, and wait until that page is there."""
        with self.page.expect_navigation():
            what.first.click()

    @property
    def heading(self) -> str:
        return self.page.locator("h1").first.inner_text()


@pytest.fixture
def visit(browser, site):
    """Open a browser for somebody: `visit(user)`, or `visit()` for the public; `width` in CSS pixels."""
    with contextlib.ExitStack() as opened:
        people = []

        def visit(user=None, *, width: int = 1280, **options) -> Person:
            context = browser.new_context(viewport={"width": width, "height": 900}, **options)
            opened.callback(context.close)
            people.append(Person(context, site))
            return people[-1].sign_in(user) if user else people[-1]

        yield visit
        assert [complaint for person in people for complaint in person.complaints] == []


def hashed_password() -> str:
    return passwords.hashed(PASSWORD)
