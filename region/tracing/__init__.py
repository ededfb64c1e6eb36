"""Cases, where each caught it and to whom it may have gone: investigations with clocks, contacts, places, letters."""
