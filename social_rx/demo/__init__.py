"""A believable Coventry and Warwickshire to try everything on: all people, groups and practices are invented."""
