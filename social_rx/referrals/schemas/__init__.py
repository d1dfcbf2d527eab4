"""What comes in for each action on a referral, and what goes out to each kind of viewer."""
