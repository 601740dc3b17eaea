"""How netdesk is built and run: the template, the bundles, the local stack."""
