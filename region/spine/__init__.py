"""What every area stands on: one actor, one moment, one transaction, one journal."""
