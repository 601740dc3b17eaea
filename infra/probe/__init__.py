"""What makes a measuring host of a Linux machine."""
