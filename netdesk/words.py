"""What customers read for the terms of netdesk.states, and for how sure a verdict is."""

IMPACT_WORDS = {
    "none": "No impact on our service",
    "minor": "Some things work badly",
    "major": "Part of our service is down",
    "critical": "Our service is down",
}
STATE_WORDS = {
    "investigating": "We are looking for the cause",
    "identified": "We know the cause",
    "monitoring": "Repaired, we are watching it",
    "resolved": "Solved",
    "postmortem": "What happened",
    "retracted": "Taken back",
    "scheduled": "Planned",
    "in_progress": "Going on",
    "verifying": "Done, we are checking it",
    "completed": "Over",
}
COMPONENT_WORDS = {
    "operational": "no known problem",
    "under_maintenance": "maintenance",
    "degraded_performance": "works badly",
    "partial_outage": "partly down",
    "major_outage": "down",
}
CONFIDENCE_WORDS = {
    "certain": "Certain.",
    "high": "Very likely.",
    "medium": "Likely, but not proven.",
    "low": "Not sure.",
    "none": "We can't say.",
}
