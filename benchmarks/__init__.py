"""How fast 会问 is, how it grows, and what others take for the same: `make bench`."""
