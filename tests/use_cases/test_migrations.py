"""One set of migrations for both databases: up, down, up again, and never behind the models."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from social_rx import create_app
from social_rx.db import MIGRATIONS, Base, db
from tests.conftest import DATABASES, empty_database, settings_for_tests


@pytest.fixture(params=DATABASES)
def fresh(request, tmp_path):
    """The application on a database in which nothing has been made yet."""
    with empty_database(request.param, tmp_path) as url:
        app = create_app(settings_for_tests(url, tmp_path))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def tables():
    return set(inspect(db.engine).get_table_names())


def differences():
    with db.engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection), Base.metadata)


def test_migrations_go_up_and_down_and_up_again(fresh):
    upgrade(directory=str(MIGRATIONS))
    assert tables() == {*Base.metadata.tables, "alembic_version"}

    downgrade(directory=str(MIGRATIONS), revision="base")
    assert tables() == {"alembic_version"}

    upgrade(directory=str(MIGRATIONS))
    assert tables() == {*Base.metadata.tables, "alembic_version"}


def test_the_models_match_the_migrations(fresh):
    upgrade(directory=str(MIGRATIONS))

    assert differences() == []


def test_a_model_that_no_migration_knows_is_noticed(fresh):
    upgrade(directory=str(MIGRATIONS))

    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE geocodes"))

    assert [change[0] for change in differences()] == ["add_table"]
