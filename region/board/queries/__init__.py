"""What the command board asks of everything else, in one reading work; changes nothing."""
