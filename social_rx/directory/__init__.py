"""The directory: community organisations, their services, and how the right one is found."""
