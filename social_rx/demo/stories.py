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
    "Phone to hear how the week went",
    "Visit at home",
    "Ask the group for news",
    "Phone about lifts",
    "Look at the plan together",
    "Go along together",
]

MESSAGES = [
    "They would like to come and meet people. Friendly, and a little shy at first.",
    "They can come by bus. A word with somebody at the door the first time would help.",
    "They have not been out much this year and would like to try. Mornings are best.",
    "They are looking forward to this, and would like to bring a friend the first time.",
    "They hear better on the left. They would like to know who will meet them.",
]
NOTES = [
    "We talked about what a good week would look like.",
    "A long talk about the last year. They have not told many people.",
    "They have been out twice. It was easier than they thought.",
    "A hard week. We agreed to go more slowly.",
    "They laughed a lot today, and asked what else there is.",
    "We went through the letters together and sorted them.",
]
