"""Social Rx: a directory of community services, referrals to them, and a link worker's caseload."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from social_rx import config, db


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """The application. Asks neither the database nor the network for anything until the first request.

    Raises UnsafeSettings when the settings cannot be read or would be unsafe in production.
    """
    app = Flask(__name__, instance_path=config.instance_path(), instance_relative_config=True)
    config.load(app, overrides)
    db.init_app(app)
    return app
