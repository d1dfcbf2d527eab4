"""What leaves the house: messages wait in an outbox until they have been sent."""
