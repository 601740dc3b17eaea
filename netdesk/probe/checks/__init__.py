"""Beside the way: names, whose an address is, and what answers at the ports of a site."""
