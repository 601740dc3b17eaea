"""A ticket with a planted word in all that a person can give, and what erases it."""

from datetime import datetime
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from netdesk.limits import Limits
from tests.desk import ARN, NOW, http_event, multipart, provider
from tests.invocation import Work
from tests.mail_room import raw
from tests.mail_world import SECRET, desk_of, room_of, taking
from tests.small_cloud import Item, Object, SmallCloud, error
from ticket_intake import staff, token
from ticket_intake.belongings import Belongings
from ticket_intake.codes import Codes
from ticket_intake.erasure import Eraser, erase
from ticket_intake.files import TEXT_IN_ROW
from ticket_intake.office import Office
from ticket_intake.web import form, ticket
from ticket_intake.web.answers import Web

PLANTED = "canary"
FOLDER = "/netdesk/transfer"
DOMAIN = {
    "form": "domain", "action": "transfer", "domain": "canary.com", "consent": "true",
    "transfer_code": "canary-Code1!", "registrant_kind": "person",
    "registrant_name": "Canary Bird", "registrant_street1": "1 Canary St",
    "registrant_city": "Reseda", "registrant_sp": "CA", "registrant_pc": "91335",
    "registrant_cc": "US", "registrant_voice": "+1.8185550100",
    "registrant_email": "canary@example.org",
}  # fmt: skip
PERSON = {
    "name": "canary name", "email": "canary@example.org", "phone": "canary phone",
    "account": "canary account",
}  # fmt: skip
PROBLEM = PERSON | {
    "subject": "canary subject", "message": "canary message", "url": "http://canary.example",
    "occurred_at": "canary noon", "error_text": "canary error", "leave_empty": "canary trap",
    "category": provider().categories[0].key,
    **{question.key: "canary answer" for question in provider().questions},
}  # fmt: skip


class Cupboard(SmallCloud):
    """The small cloud, with what deletes, and with Parameter Store."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.parameters: dict[str, str] = {}

    def copy(self) -> "Cupboard":
        made = Cupboard(dict(self.rows), dict(self.objects), list(self.mails), self.now)
        made.parameters = dict(self.parameters)
        return made

    def delete_item(self, **step: Any) -> Item:
        if not self._meets(step["Key"], step):
            raise error("ConditionalCheckFailedException", 400)
        self.rows.pop((step["Key"]["pk"]["S"], step["Key"]["sk"]["S"]), None)
        return {}

    def put_parameter(self, *, Name: str, Value: str, **more: Any) -> Item:
        self.parameters[Name] = Value
        return {}

    def delete_parameter(self, *, Name: str) -> Item:
        if Name not in self.parameters:
            raise error("ParameterNotFound", 400)
        del self.parameters[Name]
        return {}

    def planted(self) -> list[str]:
        """Where a planted word is left."""
        rows = [str(row) for row in self.rows.values()]
        objects = [f"{key} {one.body.decode()}" for key, one in self.objects.items()]
        parameters = [f"{name} {value}" for name, value in self.parameters.items()]
        return [told for told in rows + objects + parameters if PLANTED in told.lower()]


def belongings_of(client: Any) -> Belongings:
    return Belongings(client, "tickets", client, "files", "mail", client)


def eraser_of(client: Any) -> Eraser:
    room = room_of(client)
    return Eraser(room.desk, belongings_of(client), room.register)


def erasing(number: str, now: datetime = NOW) -> Work:
    return Work("StaffFunction", lambda client: erase(eraser_of(client), number, ARN, now))


# --- through the doors ---------------------------------------------------------------------------


def web_of(client: Any) -> Web:
    return Web(desk_of(client), Limits(client, "tickets"), lambda: Codes(client, FOLDER))


def posted(client: Any, fields: dict[str, str], *files: tuple[str, str, bytes]) -> str:
    """The number of what was sent by the form."""
    before = set(client.rows)
    event = http_event("POST", "/api/tickets", body=multipart(fields, *files))
    answer = form.submit(web_of(client), APIGatewayProxyEventV2(event), "198.51.100.7", NOW)
    assert answer.status_code == 201, answer.body
    [row] = [client.rows[key] for key in client.rows.keys() - before if key[1] == "ticket"]
    return str(row["number"]["S"])


def written(client: Any, number: str, text: str, now: datetime = NOW) -> None:
    """By the customer, on the ticket's page, with a file."""
    desk = desk_of(client)
    own = desk.tickets.read(number)
    assert own
    key = token.link_key(SECRET, number, own.nonce)
    event = http_event(
        "POST", f"/api/tickets/{number}", cookies=[f"__Host-ticket-{number}={key}"],
        body=multipart({"message": text}, ("canary.txt", "text/plain", b"canary file")),
    )  # fmt: skip
    answer = ticket.write(web_of(client), APIGatewayProxyEventV2(event), number, now)
    assert answer.status_code == 303, answer.body


def mailed(client: Any, number: str, name: str, sender: str = "canary@example.org") -> None:
    put_mail(client, number, name, sender)
    taking(name).do(client)


def put_mail(client: Any, number: str, name: str, sender: str = "canary@example.org") -> None:
    """On the ticket of this number, or with no number a new one."""
    to = provider().mail
    to = to.replace("@", f"+{token.sign(SECRET, number)}@") if number else to
    headers = {"from": f"Canary <{sender}>", "to": to, "cc": "canary-copied@example.org"}
    headers |= {"subject": "Re: canary", "message_id": f"<canary-{name}@example.org>"}
    content = raw("canary by mail", ("canary.log", b"canary attached"), **headers)
    client.objects[f"inbound/{name}"] = Object(content, {}, NOW)


def noted(client: Any, number: str, verb: str) -> None:
    office = Office(desk_of(client), lambda: Codes(client, FOLDER), lambda: eraser_of(client))
    staff.do(office, ARN, number, verb, {"message": f"canary {verb}"}, verb, NOW)


@cache
def planted() -> tuple[Cupboard, str]:
    """A suspect's order of a domain, with its code, on which everybody wrote."""
    cloud: Any = Cupboard(now=NOW)
    number = posted(cloud, PROBLEM | DOMAIN, ("canary.txt", "text/plain", b"canary file"))
    noted(cloud, number, "let-in")
    written(cloud, number, "canary " + "x" * TEXT_IN_ROW)
    mailed(cloud, number, "one")
    mailed(cloud, number, "two", "canary-friend@example.org")
    for verb in ("note", "reply", "wait"):
        noted(cloud, number, verb)
    return cloud, number


@cache
def by_mail() -> tuple[Cupboard, str]:
    """A ticket that began as a mail to others, too, and was answered by mail."""
    cloud: Any = Cupboard(now=NOW)
    mailed(cloud, "", "one")
    [row] = [row for key, row in cloud.rows.items() if key[1] == "ticket"]
    number = str(row["number"]["S"])
    noted(cloud, number, "reply")
    mailed(cloud, number, "two", "canary-copied@example.org")
    return cloud, number
