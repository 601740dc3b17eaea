"""The parts of a desk, in the order in which they are examined: one fails, the later ones may."""

PARTS = {
    "network": "Off your own network",
    "dns": "The desk's name",
    "certificate": "Certificate",
    "page": "Status page",
    "records": "Mail records in DNS",
    "ses": "Amazon SES",
    "form": "Form and answer",
    "mail": "Mail that comes in",
    "publish": "Publishing",
    "clocks": "Clocks",
    "trace": "Tracing",
    "alarms": "Alarms",
}
