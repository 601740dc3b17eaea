"""The way to one address: packets of small TTL, and what the kernel tells of their ends."""
