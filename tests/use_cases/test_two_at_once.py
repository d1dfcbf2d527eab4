"""What happens when many do the same thing in the same moment: really at once, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from social_rx import create_app
from social_rx.db import db
from social_rx.errors import SocialRxError
from social_rx.referrals import planning, referring, triage
from social_rx.referrals.models import Referral
from social_rx.referrals.schemas.requests import DraftSchema
from social_rx.users import Role
from tests import make
from tests.conftest import DATABASES, empty_database, settings_for_tests

AT_ONCE = 8


@pytest.fixture(params=DATABASES)
def app(request, tmp_path):
    with empty_database(request.param, tmp_path) as url:
        app = create_app(settings_for_tests(url, tmp_path))
        with app.app_context():
            db.create_all()
            yield app
            db.session.remove()
            db.engine.dispose()


def all_at_once(app, *actions):
    """Run these in threads of their own that start together; returns what each returned or how it was refused."""
    ready = Barrier(len(actions))

    def run(action):
        with app.app_context():
            ready.wait()
            try:
                return action()
            except SocialRxError as refusal:
                return refusal
            finally:
                db.session.remove()

    db.session.remove()
    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def refusals(answers):
    return [answer for answer in answers if isinstance(answer, Exception)]


def test_of_many_referrals_for_one_person_sent_at_once_one_is_sent(app):
    referrer = make.actor(Role.REFERRER)
    typed = make.draft_details()
    references = [referring.draft_referral(referrer, **DraftSchema().load(typed)).reference for _ in range(AT_ONCE)]

    answers = all_at_once(app, *(lambda name=name: referring.submit_referral(referrer, name) for name in references))

    sent = db.session.scalar(select(func.count()).select_from(Referral).where(Referral.status == "received"))
    assert sent == 1
    assert len(refusals(answers)) == AT_ONCE - 1


def test_of_many_who_accept_one_referral_one_does(app):
    reference = make.referral("received").reference
    hub = make.actor(Role.COORDINATOR)

    answers = all_at_once(app, *[lambda: triage.accept_referral(hub, reference)] * AT_ONCE)

    assert {refusal.status for refusal in refusals(answers)} == {409}
    assert len(refusals(answers)) == AT_ONCE - 1


def test_of_many_who_write_the_first_plan_one_does_and_the_others_hear_of_it(app):
    worker = make.actor(Role.LINK_WORKER)
    reference = make.referral("assessing", link_worker=worker).reference

    answers = all_at_once(
        app, *(lambda n=n: planning.save_plan(worker, reference, matters=f"Words of {n}") for n in range(AT_ONCE))
    )

    assert len(refusals(answers)) == AT_ONCE - 1
    assert {refusal.code for refusal in refusals(answers)} == {"changed_meanwhile"}
