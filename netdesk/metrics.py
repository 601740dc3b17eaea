"""The figures of the desk's own health: CloudWatch reads them out of the log, for the alarms."""

from datetime import timedelta
from os import environ

NAMESPACE = "POWERTOOLS_METRICS_NAMESPACE"  # the template sets it: each stack has its own


def tell(name: str, age: timedelta, **dimensions: str) -> None:
    """How long something has waited, as a metric in seconds."""
    from aws_lambda_powertools import single_metric  # here: most invocations tell nothing
    from aws_lambda_powertools.metrics import MetricUnit

    namespace = environ.get(NAMESPACE, "netdesk")
    seconds = max(0.0, age.total_seconds())
    with single_metric(name, MetricUnit.Seconds, seconds, namespace=namespace) as metric:
        for dimension, value in dimensions.items():
            metric.add_dimension(dimension, value)
