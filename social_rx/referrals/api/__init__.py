"""Referrals over JSON: the same use cases as the pages, for other systems."""

from social_rx.referrals.api import casework, groups, requests

BLUEPRINTS = (requests.api, casework.api, groups.api)
