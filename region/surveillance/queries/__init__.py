"""What is asked of surveillance."""
