"""Shared fixtures: the application on SQLite and on PostgreSQL, with an empty database for each test.

Every test that asks for `app`, `client` or `database` runs twice, once on each. PostgreSQL is a private server that
starts with the session, unless SOCIAL_RX_TEST_POSTGRES names another.
"""

import contextlib
import contextvars
import os
import shutil
import uuid
from pathlib import Path

import pytest
from flask import has_app_context
from flask.testing import FlaskClient
from sqlalchemy import create_engine, make_url, text

from social_rx import create_app, tokens, users
from social_rx.db import db
from tests import databases

DATABASES = ["sqlite", "postgresql"]
_running = contextlib.ExitStack()


def pytest_configure(config):
    if not hasattr(config, "workerinput") and not os.environ.get(databases.VARIABLE):
        os.environ[databases.VARIABLE] = _running.enter_context(databases.postgres())


def pytest_unconfigure(config):
    _running.close()


class Client(FlaskClient):
    """Runs each request in a fresh context, as a real server does."""

    def open(self, *args, **kwargs):
        if not has_app_context():  # following a redirect
            return super().open(*args, **kwargs)
        db.session.commit()  # or what the request saves would be undone together with what the test has read
        response = contextvars.Context().run(super().open, *args, **kwargs)
        db.session.expire_all()
        return response

    def sign_in(self, user):
        """Open a real session for this user, without the time that looking at a password takes."""
        who = user.id, user.get_id()
        db.session.commit()
        contextvars.Context().run(self._open_session, *who)
        return self

    def _open_session(self, user_id, unique_key):
        with self.session_transaction(method="POST") as opened:
            opened.update(_user_id=unique_key, _fresh=False)
            opened.begin_for(user_id)

    def token(self, user):
        """The headers of another system that holds a token of this user."""
        return {"Authorization": f"Bearer {tokens.issue_token(users.SYSTEM, user.email)}"}


@contextlib.contextmanager
def empty_database(kind: str, folder: Path):
    """The URL of a new database of this kind, gone again after the block."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'test.db'}"
        return
    server = make_url(os.environ[databases.VARIABLE])
    name = f"test_{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def settings_for_tests(url: str, folder: Path) -> dict:
    return {
        "TESTING": True,
        "ENV": "test",
        "SECRET_KEY": "only for tests, and the same in every one",
        "DATABASE_URL": url,
        "SEARCH_INDEX_DIR": str(folder / "search"),
        "OUTBOX": "memory",
        "PASSWORD_MEMORY_KB": 8,
        "POSTCODES_IO_URL": "https://api.postcodes.io",
    }


@pytest.fixture(scope="session", params=DATABASES)
def database(request, tmp_path_factory):
    """One application and its database for all tests of this session; each test's changes are rolled back."""
    folder = tmp_path_factory.mktemp(request.param)
    with empty_database(request.param, folder) as url:
        app = create_app(settings_for_tests(url, folder))
        app.test_client_class = Client
        with app.app_context():
            db.create_all()
        yield app
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose()


@pytest.fixture
def app(database):
    """The application inside one transaction that is rolled back afterwards; commits become savepoints."""
    shutil.rmtree(database.config["SEARCH_INDEX_DIR"], ignore_errors=True)
    database.extensions["outbox"].clear()
    with database.app_context():
        engines = db._app_engines[database]
        engine = engines[None]
        db.session.remove()
        db.session.configure(join_transaction_mode="create_savepoint")
        with engine.connect() as connection, connection.begin() as transaction:
            engines[None] = connection
            try:
                yield database
            finally:
                db.session.remove()
                engines[None] = engine
                transaction.rollback()


@pytest.fixture
def client(app):
    return app.test_client()
