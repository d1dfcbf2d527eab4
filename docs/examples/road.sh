#!/usr/bin/env bash
# One referral taken through the whole road by the JSON API, against a running demonstration (make demo).
# Prints each command's method and path, the answer's status line, and the status the referral then has.
set -euo pipefail
SITE=${SITE:-http://127.0.0.1:8000}
RX=${RX:-.venv/bin/social-rx}
API=$SITE/api/v1
answer=$(mktemp) && trap 'rm -f "$answer"' EXIT

token() { "$RX" token "$1@demo.example" 2>/dev/null; }
GP=$(token gp) HUB=$(token hub) WORKER=$(token linkworker) GROUP=$(token group)

# ask WHO METHOD PATH [BODY]
ask() {
    local line
    line=$(curl -s -o "$answer" -D - -X "$2" -H "Authorization: Bearer $1" -H "Content-Type: application/json" \
        ${4:+--data "$4"} "$API$3" | head -1 | tr -d '\r')
    printf '%-5s %-62s %s  %s\n' "$2" "$3" "$line" "$(field status)"
}
# field NAME : one value of the last answer
field() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1])).get(sys.argv[2], ""))' "$answer" "$1"; }
first() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["items"][0]["id"])' "$answer"; }

ask "$GP" GET "/services?q=lonely+since+her+husband+died&near=CV1"
ask "$GP" GET "/services?q=tuesday+lunch+club+tile+hill&near=CV4"
SERVICE=$(first)
ask "$GP" POST /referrals '{"given_name": "Margaret", "family_name": "Ellis", "date_of_birth": "1949-03-27",
    "nhs_number": "999 000 0018", "phone": "07700 900982", "postcode": "CV4 9NN",
    "needs": ["loneliness_isolation", "bereavement"], "reason": "Lives alone since her husband died in June.",
    "risk": "no_known_risks", "consent": "in_person", "service_id": "'"$SERVICE"'"}'
HERE=/referrals/$(field reference)
ask "$GP" POST "$HERE/submit" '{"even_if_open": true}'
ask "$HUB" POST "$HERE/accept" '{}'
ask "$HUB" GET "/link-workers"
WORKER_ID=$(python3 -c 'import json,sys
print(next(w["id"] for w in json.load(open(sys.argv[1]))["items"] if w["email"] == "linkworker@demo.example"))' "$answer")
ask "$HUB" POST "$HERE/allocate" '{"link_worker_id": "'"$WORKER_ID"'"}'
ask "$WORKER" POST "$HERE/attempts" '{"channel": "phone", "outcome": "no_answer"}'
ask "$WORKER" POST "$HERE/contacts" '{"mechanism": "02", "attended": "5", "minutes": 30}'
ask "$WORKER" POST "$HERE/start_assessing" '{}'
ask "$WORKER" POST "$HERE/measures" '{"instrument": "ons4", "answers": {"satisfied": 3, "worthwhile": 4, "happy": 3, "anxious": 7}}'
ask "$WORKER" PUT "$HERE/plan" '{"matters": "Eating with other people.", "agreed": true, "agreed_with": "Margaret"}'
ask "$WORKER" POST "$HERE/goals" '{"text": "Eat out once a week", "importance": 9}'
ask "$WORKER" POST "$HERE/start_supporting" '{}'
ask "$WORKER" POST "$HERE/onward-referrals" '{"service_id": "'"$SERVICE"'", "message": "She would like company at lunch.",
    "shared": ["name", "phone"], "consent_method": "in_person"}'
ONWARD=/onward-referrals/$(field id)
ask "$GROUP" GET "$ONWARD"
ask "$GROUP" POST "$ONWARD/accept" '{"first_visit_on": null}'
ask "$GROUP" POST "$ONWARD/start" '{}'
ask "$GROUP" POST "$ONWARD/complete" '{}'
ask "$WORKER" POST "$HERE/measures" '{"instrument": "ons4", "answers": {"satisfied": 6, "worthwhile": 6, "happy": 7, "anxious": 4}}'
ask "$WORKER" POST "$HERE/close" '{"reason": "completed_goals_met", "actions_for_gp": "Nothing.",
    "outcome": "She goes every Tuesday and has made two friends."}'
ask "$GP" GET "$HERE"
python3 -c 'import json,sys; print("\n" + json.load(open(sys.argv[1]))["messages"][0]["body"])' "$answer"
ask "$GP" GET "$HERE/timeline"
