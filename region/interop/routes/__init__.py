"""The endpoints for other systems, and the screens that go with them."""
