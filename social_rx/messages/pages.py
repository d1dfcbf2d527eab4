"""The outbox as a page, so that a demonstration needs no mail server."""

from flask import Blueprint, Flask, render_template, request

from social_rx.access import public
from social_rx.messages import outbox

pages = Blueprint("messages", __name__)


def init_app(app: Flask) -> None:
    """Show the outbox of a demonstration, and of nothing else: in it are links for new passwords."""
    if app.config["ENV"] == "demo" and app.config["OUTBOX"] == "file":
        app.register_blueprint(pages)


@pages.get("/dev/outbox")
@public
def latest() -> str:
    page = max(1, min(request.args.get("page", 1, int), 1000))
    found = outbox.latest_messages(page)
    return render_template("messages/outbox.html", messages=found, page=page, full=len(found) == outbox.PAGE)
