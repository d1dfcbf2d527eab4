"""The few links at the top of every page, and where each role begins: a table."""

from collections.abc import Callable
from typing import Any

from flask import Flask, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from social_rx.access import actor_or_none
from social_rx.errors import SocialRxError
from social_rx.users import Actor, Role

FIND = ("directory.find", "Find a service")
PRACTICE_LINKS = [FIND, ("refer.mine", "My referrals")]
GROUP_LINKS = [("groups.inbox", "Requests"), ("my_listings.index", "My listings")]
LINKS = {
    None: [FIND, ("security.login", "Sign in")],
    Role.REFERRER: PRACTICE_LINKS,
    Role.PRACTICE_ADMIN: PRACTICE_LINKS,
    Role.LINK_WORKER: [("caseload.index", "My caseload"), FIND, ("team.index", "Team")],
    Role.COORDINATOR: [("team.index", "Team"), FIND],
    Role.PROVIDER: GROUP_LINKS,
    Role.PROVIDER_MANAGER: GROUP_LINKS,
    Role.EDITOR: [("moderation.index", "Check changes"), FIND],
}
ONLY_FIND = [("account.show", "Your account"), FIND]
# How much is new behind a link, by its endpoint; a page that knows adds itself.
NEWS: dict[str, Callable[[Actor], int]] = {}


def start_page() -> str:
    """Where whoever is asking begins: the first of their links; the search for the public."""
    who = actor_or_none()
    endpoint, _ = LINKS.get(who.role, ONLY_FIND)[0] if who else FIND
    return url_for(endpoint)


def links() -> list[dict[str, Any]]:
    who = actor_or_none()
    shown = LINKS.get(who.role, ONLY_FIND) if who else LINKS[None]
    return [
        {
            "text": text,
            "href": url_for(to),
            "current": request.endpoint == to,
            "new": NEWS[to](who) if who and to in NEWS else 0,
        }
        for to, text in shown
    ]


def init_app(app: Flask) -> None:
    @app.context_processor
    def frame() -> dict[str, Any]:
        """What base.html needs, also while the database is down: then nobody is signed in and nothing is linked."""
        try:
            return {"signed_in": actor_or_none(), "navigation": links()}
        except (SQLAlchemyError, SocialRxError):
            return {"signed_in": None, "navigation": []}
