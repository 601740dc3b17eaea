"""Mail that goes out: claimed, put together, sent, marked."""
