"""What Amazon SES tells of a mail, in the shapes that AWS documents:
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html"""

import json
from typing import Any

Json = dict[str, Any]
ADDRESS, SES_ID = "ann@example.org", "010101a2b3c4d5e6-11112222-3333-4444-5555-666677778888-000000"
VALIDATED = "Successfully validated SNS topic for Amazon SES event publishing."
UNKNOWN = "smtp; 550 5.1.1 user unknown"


def mail(token: str = "", ses_id: str = SES_ID, to: str = ADDRESS) -> Json:
    """The mail that an event is about; without a token SES tells no headers, as of delays."""
    told: Json = {
        "timestamp": "2026-11-24T18:00:02.012Z",
        "source": "Desk <problem@support.example.net>",
        "sourceArn": "arn:aws:ses:us-west-2:123456789012:identity/support.example.net",
        "sendingAccountId": "123456789012",
        "messageId": ses_id,
        "destination": [to],
        "headersTruncated": False,
        "tags": {"ses:configuration-set": ["SentMail"], "ses:from-domain": ["example.net"]},
    }
    if token:
        told["headers"] = [
            {"name": "From", "value": "Desk <problem@support.example.net>"},
            {"name": "To", "value": to},
            {"name": "Reply-To", "value": f"problem+{token}@support.example.net"},
            {"name": "Subject", "value": "[#K7Q2-9WXA] No dial tone"},
            {"name": "References", "value": f"<{token}@support.example.net>\r\n <a@example.org>"},
        ]
        told["commonHeaders"] = {"from": ["Desk"], "to": [to], "messageId": ses_id}
    return told


def bounce(
    about: Json, kind: str = "Permanent", subtype: str = "General", status: str = "5.1.1",
    said: str = UNKNOWN, to: str = ADDRESS,
) -> Json:  # fmt: skip
    """Without a status there was no delivery status notification."""
    dsn = {"action": "failed", "status": status, "diagnosticCode": said} if status else {}
    told = {
        "bounceType": kind,
        "bounceSubType": subtype,
        "bouncedRecipients": [{"emailAddress": to, **dsn}],
        "timestamp": "2026-11-24T18:00:03.669Z",
        "feedbackId": "010101a2b3c4ffff-99998888-7777-6666-5555-444433332222-000000",
        "reportingMTA": "dns; mx.example.org",
    }
    return {"eventType": "Bounce", "bounce": told, "mail": about}


def complaint(about: Json, kind: str | None = "abuse", subtype: str | None = None) -> Json:
    told = {
        "complainedRecipients": [{"emailAddress": ADDRESS}],
        "timestamp": "2026-11-24T19:00:02.669Z",
        "feedbackId": "010101a2b3c4ffff-99998888-7777-6666-5555-444433332222-000000",
        "complaintSubType": subtype,
        **({"userAgent": "Reporter/1.0", "complaintFeedbackType": kind} if kind else {}),
    }
    return {"eventType": "Complaint", "complaint": told, "mail": about}


def delay(about: Json, kind: str = "TransientCommunicationFailure") -> Json:
    said = "smtp; 421 4.4.1 Unable to connect to remote host"
    told = {
        "timestamp": "2026-11-24T18:10:40.095Z",
        "delayType": kind,
        "expirationTime": "2026-11-25T07:10:40.914Z",
        "delayedRecipients": [{"emailAddress": ADDRESS, "status": "4.4.1", "diagnosticCode": said}],
    }
    return {"eventType": "DeliveryDelay", "mail": about, "deliveryDelay": told}


def reject(about: Json) -> Json:
    return {"eventType": "Reject", "mail": about, "reject": {"reason": "Bad content"}}


def rendering_failure(about: Json) -> Json:
    told = {"errorMessage": "Attribute 'name' is not present.", "templateName": "Hello"}
    return {"eventType": "Rendering Failure", "mail": about, "failure": told}


def raw(event: Json) -> str:
    return json.dumps(event)


def enveloped(message: str) -> str:
    """As SNS sends it where raw message delivery is off:
    https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html"""
    told = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": "arn:aws:sns:us-west-2:123456789012:FeedbackTopic",
        "Message": message,
        "Timestamp": "2026-11-24T18:00:04.000Z",
        "SignatureVersion": "1",
        "Signature": "EXAMPLE",
        "SigningCertURL": "https://sns.us-west-2.amazonaws.com/SimpleNotificationService.pem",
        "UnsubscribeURL": "https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe",
    }
    return json.dumps(told)


def queued(*bodies: str) -> Json:
    """What the queue brings: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"""
    records = [
        {"messageId": f"message-{place}", "eventSource": "aws:sqs", "body": body}
        for place, body in enumerate(bodies)
    ]
    return {"Records": records}
