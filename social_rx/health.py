"""What a load balancer asks: is the process alive, and can it do its work?"""

from flask import Blueprint, Response, jsonify, make_response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from social_rx.access import public
from social_rx.db import db

health = Blueprint("health", __name__)


@health.get("/healthz")
@public
def alive() -> Response:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@health.get("/readyz")
@public
def ready() -> Response:
    """The database answers too; 503 when it does not."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return make_response(jsonify(status="the database does not answer"), 503)
    return jsonify(status="ok")
