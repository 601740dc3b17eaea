"""Mail that no person wrote: automatic answers, bounces, reports."""
