"""All that the region owns and can lay hands on: supplies by lot, what runs out when, capacity, requests, transfers."""
