"""The command board: reads everything, changes nothing; the wall, the duty desk's pages, the joint view."""
