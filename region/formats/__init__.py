"""Other systems' languages, as pure translators: bytes to plain records and back, knowing nothing of us."""
