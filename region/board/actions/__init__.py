"""What the board's own pages do, by the actions of the areas."""
