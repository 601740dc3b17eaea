"""What customers do over HTTP: the form, and the page of their ticket."""
