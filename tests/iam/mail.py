"""What comes by mail, what staff do with it, and what is sent."""

from collections.abc import Callable
from functools import partial

from netdesk.ticket import MESSAGE_LIMIT
from tests import feedback_samples as ses
from tests.desk import ARN, MINUTE, REGION, SECRETS, Answer, ask, mail_event, provider
from tests.iam.stage import Stage
from tests.mail_room import raw
from tests.mail_samples import ANN, BOB, EVE, mail
from tests.mail_scenarios import SCENARIOS
from ticket_intake import token

LONG = "\u6c49" * MESSAGE_LIMIT
LOG = ("a.log", b"line")


def kind(name: str, stage: Stage) -> None:
    """One of the mails that the fault tests take in, and what it is answered."""
    scenario = SCENARIOS[name]()
    stage.lay(scenario.before)
    stage.take_in(**scenario.mails)
    stage.send()
    stage.take_in(**scenario.mails)


KINDS: tuple[Callable[[Stage], None], ...] = tuple(partial(kind, name) for name in SCENARIOS)


def large(stage: Stage) -> None:
    """Of two people, each with a long text and a file; a third one is gone when S3 tells of it."""
    stage.take_in(one=mail(ANN, LONG, LOG), two=mail(EVE, LONG, LOG))
    stage.send()
    gone = mail_event("inbound/gone")
    assert stage.open("MailFunction")(gone) == {"batchItemFailures": []}


def left_lying(stage: Stage) -> None:
    """Nobody tells of them; one can't be taken in for want of a bucket for its file."""
    assert stage.left_lying(one=raw(), two=raw("Hi.", message_id="<2@example.org>")) == 0
    stage.cloud.s3.delete_bucket(Bucket=stage.cloud.name("FilesBucket"))
    assert stage.left_lying(bad=mail(EVE, "x", LOG)) == 1
    place = {"LocationConstraint": REGION}
    stage.cloud.s3.create_bucket(Bucket="filesbucket", CreateBucketConfiguration=place)


def erased(stage: Stage) -> None:
    """Each mail comes again when the ticket that it became is erased."""
    for place, sender in enumerate((ANN, EVE)):
        content = mail(sender, LONG, LOG)
        stage.take_in(**{f"a{place}": content})
        erase(stage)
        stage.left_lying(**{f"b{place}": content})


def let_out(stage: Stage) -> None:
    """Each mail is kept in quarantine twice; when the second is let out, its ticket is erased."""
    for place, sender in enumerate((ANN, BOB)):
        content = mail(sender, LONG, LOG, x_loop=provider().mail)
        stage.take_in(**{f"a{place}": content})
        stage.left_lying(**{f"b{place}": content})
        held = [one["id"] for one in staff(stage).json["mails"]]
        assert {f"a{place}", f"b{place}"} <= {*held}
        for mail_id in (f"a{place}", f"b{place}"):
            assert staff(stage, f"/{mail_id}").status == 200
            assert staff(stage, f"/{mail_id}/retry", "POST").json["number"]
            erase(stage)
    assert staff(stage, "/audit").status == 200


def gone(stage: Stage) -> None:
    """Staff look at a mail that is not kept any more."""
    stage.take_in(one=raw())
    [key] = stage.cloud.objects("mailbucket", "mail/")
    stage.cloud.s3.delete_object(Bucket="mailbucket", Key=key)
    assert staff(stage, "/one").status == 422


def refused(stage: Stage) -> None:
    """SES takes no mail from us; staff read on the ticket that the customer has no answer."""
    stage.take_in(one=raw())
    outbox = stage.open("OutboxFunction")
    stage.cloud.ses.delete_identity(Identity=provider().mail.partition("@")[2])
    assert outbox(MINUTE) == {"sent": 0}


def told_by_ses(stage: Stage) -> None:
    """Our mail came back, which is told by its token, twice; then it is late, by SES's own id."""
    stage.take_in(one=raw())
    stage.send()
    [row] = stage.cloud.outbox()
    signed = token.sign(SECRETS["DeskSecret"].encode(), row["number"])
    came_back = ses.raw(ses.bounce(ses.mail(signed, row["message_id"])))
    late = ses.raw(ses.delay(ses.mail("", row["message_id"])))
    feedback = stage.open("FeedbackFunction")
    assert feedback(ses.queued(came_back, came_back, late)) == {"batchItemFailures": []}


def staff(stage: Stage, path: str = "", method: str = "GET", **query: str) -> Answer:
    door = stage.open("MailsFunction")
    return ask(door, method, f"/staff/mails{path}", arn=ARN, query=query)


def erase(stage: Stage) -> None:
    """All tickets there are."""
    door = stage.open("StaffFunction")
    for ticket in stage.cloud.tickets():
        path = f"/staff/tickets/{ticket['number']}/erase"
        assert ask(door, "POST", path, body={}, arn=ARN).status == 200
