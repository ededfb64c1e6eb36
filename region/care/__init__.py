"""Key populations: who belongs to which group, how urgent their care is, who looks after them, and what is due."""
