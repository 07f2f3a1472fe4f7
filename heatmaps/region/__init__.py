"""What is there before anybody complains: territories and the exposure of each cell."""
