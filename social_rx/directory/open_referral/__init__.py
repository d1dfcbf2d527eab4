"""The directory in the words of Open Referral UK (HSDS-UK 3.0), for whoever wants to read it."""
