"""What customers and staff do with tickets, and what becomes of those that are old."""

import hashlib
from typing import Any

from tests.desk import MINUTE, Answer, ask, fields, multipart
from tests.erasing import by_mail, planted
from tests.iam.mail import LOG, LONG
from tests.iam.stage import Stage
from tests.test_retention import resolved
from tests.test_staff_door import ACTIONS, get
from tests.test_staff_door import post as act
from tests.test_web_domain import post as order
from tests.test_web_domain import read_code
from tests.test_web_door import crumb, path_of, post
from ticket_intake import retention_door

FILE = (LOG[0], "text/plain", LOG[1])
DIGEST = hashlib.sha256(LOG[1]).hexdigest()


def by_form(stage: Stage) -> None:
    """Two customers send long texts and files, write more, and fetch what they sent."""
    web = stage.open("WebFunction")
    assert ask(web, "GET", "/api/form").status == 200
    for name in ("ann", "bob"):
        body = multipart(fields(message=LONG, email=f"{name}@example.org"), FILE)
        path, key = path_of(post(web, body))
        own: Any = {"cookies": [crumb(path, key)]}
        assert post(web, body).status == 201
        assert ask(web, "GET", path, query={"key": key}).status == 303
        assert ask(web, "GET", path, wants="html", **own).status == 200
        more = multipart({"message": f"{name}: {LONG[:-9]}"}, FILE)
        assert ask(web, "POST", path, body=more, **own).status == 200
        assert ask(web, "GET", f"{path}/files/{DIGEST}", **own).status == 303


def domains(stage: Stage) -> None:
    """Staff read the transfer codes of two domains."""
    staff = stage.open("StaffFunction")
    for opened in ordered(stage):
        assert read_code(staff, opened).status == 200


def ordered(stage: Stage) -> list[Answer]:
    """Two domains, with their transfer codes."""
    web = stage.open("WebFunction")
    return [order(web, "transfer", domain=f"{name}.example") for name in ("one", "two")]


def by_staff(stage: Stage) -> None:
    """Everything that the command does with tickets."""
    staff = stage.open("StaffFunction")
    for place, (verb, body, *_) in enumerate(ACTIONS):
        ticket = act(staff, "", fields(message=f"{place}"), once=f"{place}").json
        assert act(staff, f"/{ticket['number']}/{verb}", body, once="x").status == 200
    assert act(staff, "/next").status == 200
    assert get(staff).status == 200
    for name in ("ann", "bob"):
        body = multipart(fields(message=LONG, email=f"{name}@example.org"), FILE)
        number = post(stage.open("WebFunction"), body).json["number"]
        assert act(staff, f"/{number}/reply", {"message": LONG}).status == 200
        assert get(staff, f"/{number}").status == 200
        assert get(staff, f"/{number}/file", name=FILE[0]).status == 200
    stage.send()


def erasing(stage: Stage) -> None:
    """Tickets with all that can lie anywhere of one; of one the mail is not sent yet."""
    staff = stage.open("StaffFunction")
    for small, number in (planted(), by_mail()):
        stage.lay(small)
        assert act(staff, f"/{number}/erase").status == 200


def retention(stage: Stage) -> None:
    """What was resolved long ago; here that is whatever is resolved."""
    by_form(stage)
    ordered(stage)
    staff = stage.open("StaffFunction")
    for ticket in stage.cloud.tickets():
        assert act(staff, f"/{ticket['number']}/resolve").status == 200
    stage.lay(resolved(by_mail()))
    door = stage.open("RetentionFunction")
    stage.patch.setattr(retention_door, "months", lambda: 0)
    assert door(MINUTE).items() >= {"tickets": 5, "mails": 2, "failed": 0}.items()
