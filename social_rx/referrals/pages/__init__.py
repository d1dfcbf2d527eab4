"""The pages of referrals: the same use cases as the API, for people."""

from social_rx.referrals.pages import caseload, closing, groups, onward, plan, refer, team

BLUEPRINTS = (
    refer.pages,
    team.pages,
    caseload.pages,
    plan.pages,
    onward.pages,
    closing.pages,
    groups.pages,
)
