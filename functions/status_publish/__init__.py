"""The status page: staff notices, the clock, rendering."""
