"""What is measured: ratios to a limit of the same run, because machines are noisy."""
