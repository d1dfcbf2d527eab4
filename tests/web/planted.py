"""An application with a few doors of its own: what is true of every door can be tried on doors that misbehave."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

from social_rx import create_app
from social_rx.db import db
from tests import conftest

Door = tuple[str, str, Callable[..., Any]]


@contextmanager
def application(kind: str, folder: Path, doors: list[Door], **settings: Any) -> Iterator[Flask]:
    """`doors` are (method, path, view). The database is empty and goes away after the block."""
    with conftest.empty_database(kind, folder) as url:
        app = create_app(conftest.settings_for_tests(url, folder) | settings)
        for method, path, view in doors:
            app.add_url_rule(path, f"planted:{method} {path}".replace(".", ""), view, methods=[method])
        app.test_client_class = conftest.Client
        with app.app_context():
            db.create_all()
            yield app
            db.session.remove()
            db.engine.dispose()
