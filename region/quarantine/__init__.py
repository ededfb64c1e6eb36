"""Quarantine as a closed loop: identified, told, fetched, arrived, checked, tested, released, watched at home."""
