"""What is said, and how things end, in the demonstration's histories."""

from social_rx.referrals.status import ClosureReason, OnwardReason

# How closed cases ended, and what is said of it when the person's own story does not fit.
ENDINGS: list[tuple[ClosureReason, str]] = [
    *[(ClosureReason.COMPLETED_GOALS_MET, "")] * 7,
    *[(ClosureReason.COMPLETED_GOALS_PART_MET, "")] * 3,
    (ClosureReason.COMPLETED_GOALS_NOT_MET, "It did not work out this time. They know that they may come back."),
    (ClosureReason.NEEDS_MET_ELSEWHERE, "Their own church has begun to visit every week, and that is enough."),
    (ClosureReason.WITHDREW_AFTER_ENGAGING, "They feel better and would rather go on alone."),
    (ClosureReason.DISENGAGED, "After two good months they stopped answering. We wrote to say how to come back."),
    (ClosureReason.MOVED_OUT_OF_AREA, "They have moved to be near their daughter. We found a group there for them."),
    (ClosureReason.ADMITTED_OR_LONG_TERM_CARE, "They have moved into a care home, which has its own choir."),
    (ClosureReason.TRANSFERRED_OTHER_SERVICE, "The carers' team now supports them."),
]
EARLY_ENDINGS: list[tuple[ClosureReason, str]] = [
    (ClosureReason.DECLINED_AT_FIRST_CONTACT, "They thanked us, and do not want this now."),
    (ClosureReason.RISK_OUTSIDE_SCOPE, "They need the crisis team first. We rang it with them, and it has taken over."),
    (ClosureReason.COMPLETED_SIGNPOSTED_ONLY, "They wanted a phone number, and have rung it."),
]
OVER = {"complete", "reject", "drop_out", "not_start"}
GROUP_STORIES = [
    ["accept", "start", "complete"],
    ["accept", "start"],
    ["accept", "start"],
    ["accept"],
    ["reject"],
    ["accept", "waitlist"],
    ["accept", "start", "drop_out"],
    ["accept", "not_start"],
    ["accept", "start", "complete"],
]
WHY = {"reject": OnwardReason.FULL, "drop_out": OnwardReason.CHANGED_MIND, "not_start": OnwardReason.NO_ANSWER}


NEXT = [
    "Phone to hear how the first visit went",
    "Visit at home",
    "Ask the group for news",
    "Phone about lifts",
    "Check that the benefits form was sent",
    "Go along together",
]
