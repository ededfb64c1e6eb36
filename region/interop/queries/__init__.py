"""Everything asked in the languages of other systems; changes nothing."""
