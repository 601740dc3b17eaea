"""The probe: traces paths from the host that it runs on."""
