"""Places: the region's areas and sites as one tree, from the city down to a grid, a clinic or a warehouse."""
