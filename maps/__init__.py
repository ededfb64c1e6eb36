"""Maps: frames and constants in, a page's map out; no database, no request, no clock."""
