"""Everything that changes dispatch: writing and issuing, answering, reviewing, pressing, ending."""
