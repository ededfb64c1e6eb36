"""Where sampling sites should stand: a covering problem with capacities, solved by parts; numbers in, sites out."""
