"""Who may open which door. Every view declares its access; an undeclared view stops the start and is refused.

Pages know people by their session cookie, `/api/` by a bearer token and nothing else; neither accepts the other's.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, request, session
from flask_login import current_user

from social_rx import tokens
from social_rx.errors import BadRequest, Forbidden, SignInNeeded, SocialRxError, Unavailable
from social_rx.users import Actor, Role, actors_of

View = TypeVar("View", bound=Callable[..., Any])
EVERYONE: frozenset[Role] = frozenset()
ASSIGNMENT = "assignment"


def allow(*roles: Role) -> Callable[[View], View]:
    """Mark a view as open to people in these roles only."""
    if not roles:
        raise ValueError("name the roles, or say that the view is public")

    def mark(view: View) -> View:
        view.allowed_roles = frozenset(roles)  # type: ignore[attr-defined] # a mark on a function
        return view

    return mark


def public(view: View) -> View:
    """Mark a view as open to everyone, signed in or not."""
    view.allowed_roles = EVERYONE  # type: ignore[attr-defined] # a mark on a function
    return view


def init_app(app: Flask) -> None:
    """Guard every door of `app`; call it when all of them have been added.

    Raises RuntimeError when a view does not say who may use it.
    """
    undeclared = [name for name, view in app.view_functions.items() if not hasattr(view, "allowed_roles")]
    if undeclared:
        raise RuntimeError(f"These views do not declare who may use them: {', '.join(sorted(undeclared))}")
    app.before_request(check)


def check() -> None:
    """Refuse the request unless its view is open to whoever is asking."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return
    roles = view.allowed_roles  # type: ignore[union-attr] # init_app has seen to it
    if roles == EVERYONE:
        return
    who = actor_or_none()
    if who is None:
        raise _unknown()
    if roles is None or who.role not in roles:
        raise Forbidden("Your account cannot do this.")


def actor() -> Actor:
    """Whoever is asking. Raises SignInNeeded when nobody has signed in."""
    who = actor_or_none()
    if who is None:
        raise _unknown()
    return who


def _unknown() -> SocialRxError:
    """Why nobody is asking: nobody has signed in, or the database could not be asked who did."""
    if getattr(session, "unread", False):
        return Unavailable("The service is not available just now. Try again in a minute.")
    return SignInNeeded("Sign in to see this.")


def actor_or_none() -> Actor | None:
    """Whoever is asking, read from the database once a request; None for the public."""
    if "actor" not in g:
        g.actor = _from_token() if is_api() else _from_session()
    return g.actor


def is_api() -> bool:
    """Whether another system is asking, which reads refusals as problem+json."""
    return request.path.startswith(("/api/", "/oruk/"))


def _from_token() -> Actor | None:
    header = request.headers.get("Authorization", "")
    if not header:
        return None
    if current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        raise BadRequest("Send a token or a session cookie, not both.")
    scheme, _, secret = header.partition(" ")
    who = tokens.actor_for(secret.strip()) if scheme.lower() == "bearer" else None
    if who is None:
        raise SignInNeeded("This token is not known, or no longer works.")
    return who


def _from_session() -> Actor | None:
    if not current_user.is_authenticated:
        return None
    actors = actors_of(current_user.id)
    chosen = [who for who in actors if str(who.assignment_id) == session.get(ASSIGNMENT)]
    return next(iter(chosen or actors), None)
