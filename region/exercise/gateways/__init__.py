"""Stand-ins for the providers that orders leave by: real protocols on loopback, manners to order, and counts."""
