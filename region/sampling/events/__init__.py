"""What can happen in sampling and testing."""
