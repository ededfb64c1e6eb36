"""Sampling and testing: rounds, sampling sites, boxes, tubes and who is in them, laboratories, results, retests."""
