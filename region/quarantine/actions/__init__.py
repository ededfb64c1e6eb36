"""Everything that changes quarantine."""
