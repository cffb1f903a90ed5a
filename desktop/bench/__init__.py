"""Speed as ratios to references that are measured in the same run (``kuaishen bench``)."""
