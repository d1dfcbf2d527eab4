"""Social Rx: a directory of community services, referrals to them, and a link worker's caseload."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from social_rx import access, account_pages, auth, config, db, navigation, nhs, openapi, sessions, web
from social_rx.directory import api as directory_api
from social_rx.directory import moderation_pages, my_listings_api, my_listings_pages, search
from social_rx.directory import pages as directory_pages
from social_rx.directory.open_referral import publish
from social_rx.health import health
from social_rx.messages import outbox
from social_rx.messages import pages as messages_pages
from social_rx.referrals import api as referrals_api
from social_rx.referrals import pages as referrals_pages


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """The application. Asks neither the database nor the network for anything until the first request.

    Raises UnsafeSettings when the settings cannot be read or would be unsafe in production.
    """
    app = Flask(__name__, instance_path=config.instance_path(), instance_relative_config=True)
    config.load(app, overrides)
    if proxies := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    db.init_app(app)
    sessions.init_app(app)
    nhs.init_app(app)
    navigation.init_app(app)
    outbox.init_app(app)
    auth.init_app(app)
    web.init_app(app)
    search.init_app(app)
    app.register_blueprint(health)
    app.register_blueprint(account_pages.pages)
    app.register_blueprint(directory_pages.pages)
    for blueprint in (my_listings_pages.pages, moderation_pages.pages, *referrals_pages.BLUEPRINTS):
        app.register_blueprint(blueprint)
    messages_pages.init_app(app)
    publish.init_app(app)
    api = openapi.init_app(app)
    for blueprint in (directory_api.api, my_listings_api.api, *referrals_api.BLUEPRINTS):
        api.register_blueprint(blueprint)
    access.public(app.view_functions["static"])
    access.init_app(app)
    return app
