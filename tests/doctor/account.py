"""AWS as a healthy desk finds it, answered from a table."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.validate import validate_parameters

from tests.desk import REGION

DOMAIN = "support.isp.example"
TOPIC = f"arn:aws:sns:{REGION}:123456789012:alarms"
TOKENS = ("one", "two", "three")  # of DKIM
Json = dict[str, Any]


class Account:
    """AWS that answers from a table, in shapes that AWS's own description allows.

    By service and operation: what is answered, or the name of an error.
    """

    def __init__(self, answers: Mapping[tuple[str, str], Json | str]) -> None:
        self.answers = dict(answers)
        self.asked: list[tuple[str, str, Json]] = []

    def client(self, service: str, region: str = "") -> Any:
        made = _client(service, region or REGION)

        def answer(model: Any, params: Json, **_: Any) -> Any:
            self.asked.append((service, model.name, params.get("body") or {}))
            found = self.answers[service, model.name]
            if isinstance(found, str):
                told = {"Error": {"Code": found, "Message": f"{found} of the test"}}
                raise made.exceptions.from_code(found)(told, model.name)
            validate_parameters(found, model.output_shape)
            return AWSResponse("", 200, {}, None), found

        made.meta.events.register_first("before-call.*.*", answer)
        return made


def _client(service: str, region: str) -> Any:
    key = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
    return _session().create_client(service, region_name=region, **key)


@cache
def _session() -> botocore.session.Session:
    """Descriptions of services are read once."""
    return botocore.session.Session()


def identity(**changed: Any) -> Json:
    dkim = {"SigningEnabled": True, "Status": "SUCCESS", "Tokens": list(TOKENS)}
    path = {"MailFromDomain": f"bounce.{DOMAIN}", "MailFromDomainStatus": "SUCCESS"}
    path["BehaviorOnMxFailure"] = "USE_DEFAULT_VALUE"
    told = {"VerifiedForSendingStatus": True, "DkimAttributes": dkim, "MailFromAttributes": path}
    for name, value in changed.items():
        told[name] = {**told[name], **value} if isinstance(value, dict) else value
    return told


def rule(**changed: Any) -> Json:
    kept = {"S3Action": {"BucketName": "mailbucket", "ObjectKeyPrefix": "inbound/"}}
    given = {"Name": "desk", "Enabled": True, "ScanEnabled": True, "Recipients": [DOMAIN]}
    return given | {"Actions": [kept]} | changed


def rules(*given: Json, name: str = "rules-of-the-desk") -> Json:
    return {"Metadata": {"Name": name}, "Rules": list(given)}


def alarm(**changed: Any) -> Json:
    given = {"AlarmName": "netdesk-MailAge", "AlarmDescription": "Mail waits"}
    return given | {"StateValue": "OK", "ActionsEnabled": True, "AlarmActions": [TOPIC]} | changed


def subscription(endpoint: str, arn: str = f"{TOPIC}:1", protocol: str = "email") -> Json:
    return {"SubscriptionArn": arn, "Endpoint": endpoint, "Protocol": protocol, "TopicArn": TOPIC}


ANSWERS: dict[tuple[str, str], Json | str] = {
    ("sesv2", "GetEmailIdentity"): identity(),
    ("sesv2", "GetAccount"): {
        "SendingEnabled": True, "ProductionAccessEnabled": True, "EnforcementStatus": "HEALTHY",
    },
    ("ses", "DescribeActiveReceiptRuleSet"): rules(rule()),
    ("sns", "ListSubscriptionsByTopic"): {"Subscriptions": [subscription("on@elsewhere.example")]},
    ("cloudwatch", "DescribeAlarms"): {"MetricAlarms": [alarm()]},
    ("acm", "ListCertificates"): {"CertificateSummaryList": []},
}  # fmt: skip
