"""What is done in surveillance."""
