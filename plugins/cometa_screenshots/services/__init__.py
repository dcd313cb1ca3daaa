"""Reading, comparing and removing pictures and the baselines of steps."""
