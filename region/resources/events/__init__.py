"""What can happen to supplies and capacity."""
