"""A person's own account: who they are here, what they can do today, and where to change their password."""

from flask import Blueprint, render_template

from social_rx.access import actor, allow
from social_rx.users import ROLE_LABELS, Role

pages = Blueprint("account", __name__)
READS_ONLY = "You can search the directory."
ABILITIES = {
    Role.REFERRER: ["You can find services, refer your patients, and read what came of it."],
    Role.PRACTICE_ADMIN: ["You can find services, refer patients of your practice, and see where each referral is."],
    Role.LINK_WORKER: ["You can work on your cases, ask groups to help, and see what waits in your team."],
    Role.COORDINATOR: ["You can decide about referrals and give them to link workers."],
    Role.PROVIDER: ["You can answer requests to your group and keep its listings true."],
    Role.PROVIDER_MANAGER: ["You can answer requests to your group and keep its listings true, or take them out."],
    Role.EDITOR: ["You can approve listings and check what groups changed."],
    Role.COMMISSIONER: [READS_ONLY, "There are no reports for commissioners yet."],
    Role.AUDITOR: [
        READS_ONLY,
        "There are no pages for auditors yet. All that is done is recorded: ask whoever runs the service.",
    ],
    Role.ADMINISTRATOR: [
        READS_ONLY,
        "You can strike out a referral that should never have been made. Today this is done over the API.",
        "Accounts and tokens are added at the command line by whoever runs the service.",
    ],
    Role.API_CLIENT: ["This account is for another computer system, which uses the API with a token."],
}


@pages.get("/account")
@allow(*Role)
def show() -> str:
    """Who is signed in, and what that allows."""
    role = actor().role
    return render_template("account.html", role=ROLE_LABELS[role], abilities=ABILITIES[role])
