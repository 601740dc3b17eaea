"""One module for each part of a desk; a check is a function that gives findings."""
