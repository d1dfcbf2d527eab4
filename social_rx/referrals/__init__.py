"""Referrals: from the GP's request, through a link worker and a community group, to an outcome."""
