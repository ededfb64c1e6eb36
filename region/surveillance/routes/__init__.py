"""The pages and programs of surveillance."""
