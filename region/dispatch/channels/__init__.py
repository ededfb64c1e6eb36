"""How a directive travels to a site: letters, the channels that carry them, and the lane that sends many at once."""
