"""What a mail says, out of its parts."""
