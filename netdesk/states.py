"""What incidents, maintenance and components can be, in Statuspage's terms.

https://developer.statuspage.io/#tag/incidents
"""

STATES = ("investigating", "identified", "monitoring", "resolved")
MAINTENANCE_STATES = ("scheduled", "in_progress", "verifying", "completed")
ENDED = ("resolved", "completed", "retracted")
IMPACTS = {  # from best to worst, and what each makes of a component
    "none": "operational",
    "minor": "degraded_performance",
    "major": "partial_outage",
    "critical": "major_outage",
}
MAINTAINED = "under_maintenance"
FINE, *_BROKEN = IMPACTS.values()
COMPONENT_STATES = (FINE, MAINTAINED, *_BROKEN)  # from best to worst
