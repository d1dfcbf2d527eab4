"""The doors people come in and go out by: signing in, signing out, and passwords.

Flask-Security knows who is signed in and hashes passwords; the pages are ours, under the names it would give them.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, session, url_for
from flask_security import RoleMixin, Security, SQLAlchemyUserDatastore, login_user, logout_user
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from social_rx import signing_in
from social_rx.access import actor, actor_or_none, allow, public
from social_rx.db import db
from social_rx.throttle import network_of
from social_rx.users import Role, User
from social_rx.web import Form

pages = Blueprint("security", __name__)

Shown = AnyResponse | tuple[str, int]
ENTER_ADDRESS = "Enter your email address, like name@example.com"
ENTER = "Enter your password"
ENTER_NEW = "Enter a new password"
OURS = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def init_app(app: Flask) -> None:
    app.config.update(
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH={"argon2"},
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={
            "argon2__type": "ID",
            "argon2__memory_cost": app.config["PASSWORD_MEMORY_KB"],
            "argon2__rounds": 2,
            "argon2__parallelism": 1,
        },
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
        WTF_CSRF_ENABLED=False,  # web.refuse_other_sites guards every form, ours and theirs
    )
    security = Security(app, SQLAlchemyUserDatastore(db, User, RoleMixin), register_blueprint=False)
    security.login_manager.request_loader(None)  # tokens are ours, and never open a page
    app.register_blueprint(pages)


def _email() -> fields.Email:
    wrong: dict[str, Any] = {"required": ENTER_ADDRESS, "invalid": ENTER_ADDRESS}
    return fields.Email(required=True, error_messages=wrong, validate=validate.Length(max=254, error=ENTER_ADDRESS))


def _password(missing: str) -> fields.String:
    too_long = validate.Length(max=1000, error=missing)
    return fields.String(required=True, error_messages={"required": missing}, validate=too_long)


class SignInSchema(Schema):
    email = _email()
    password = _password(ENTER)


class EmailSchema(Schema):
    email = _email()


class ResetPasswordSchema(Schema):
    password = _password(ENTER_NEW)


class ChangePasswordSchema(Schema):
    current_password = _password(signing_in.WRONG_NOW)
    new_password = _password(ENTER_NEW)


@pages.route("/sign-in", methods=["GET", "POST"])
@public
def login() -> Shown:
    if request.method == "GET" and actor_or_none():
        return redirect(page_asked_for(), 303)
    form = Form(SignInSchema())
    if user := form.run(signing_in.sign_in, network=network_of(request.remote_addr)):
        session.clear()
        login_user(user, remember=False)
        return redirect(page_asked_for(), 303)
    return render_template("security/login.html", form=form, wanted=request.args.get("next")), form.status


@pages.post("/sign-out")
@public
def logout() -> AnyResponse:
    if who := actor_or_none():
        signing_in.sign_out(who)
    logout_user()
    return redirect("/", 303)


@pages.route("/password/change", methods=["GET", "POST"])
@allow(*Role)
def change_password() -> Shown:
    form = Form(ChangePasswordSchema())
    if user := form.run(signing_in.change_password, actor()):
        login_user(user, remember=False)
        flash("Your password has changed. You are signed out everywhere else.")
        return redirect("/", 303)
    return render_template("security/change_password.html", form=form), form.status


@pages.route("/password/reset", methods=["GET", "POST"])
@public
def forgot_password() -> Shown:
    form = Form(EmailSchema())
    form.run(signing_in.ask_for_reset, network=network_of(request.remote_addr), link_to=_reset_link)
    if request.method == "POST" and not form.errors:
        return redirect(url_for(".reset_sent"), 303)
    return render_template("security/forgot_password.html", form=form), form.status


@pages.get("/password/reset-sent")
@public
def reset_sent() -> str:
    """The same page for everyone: whether there is such an account is nobody's business."""
    return render_template("security/reset_sent.html")


@pages.route("/password/reset/<token>", methods=["GET", "POST"])
@public
def reset_password(token: str) -> Shown:
    if not signing_in.is_reset_open(token):
        return render_template("security/old_link.html"), 410
    form = Form(ResetPasswordSchema())
    if form.run(signing_in.reset_password, token):
        flash("Your password has changed. Sign in with the new one.")
        return redirect(url_for(".login"), 303)
    return render_template("security/reset_password.html", form=form, token=token), form.status


def _reset_link(token: str) -> str:
    """An address people can follow from an e-mail. It never comes from the Host header, which anybody may forge."""
    return current_app.config["BASE_URL"].rstrip("/") + url_for("security.reset_password", token=token)


def page_asked_for() -> str:
    """The page of ours that `next` names; the start page when it names anything else."""
    wanted = request.args.get("next", "")
    return wanted if OURS.fullmatch(wanted) and _is_page(urlsplit(wanted).path) else "/"


def _is_page(path: str) -> bool:
    try:
        current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return False
    return True
