"""Filled-in domain forms for the tests of the domain form."""

import pytest

from tests.desk import provider
from ticket_intake.domain import Order, order
from ticket_intake.report import Unusable

REGISTRANT = {
    "registrant_kind": "organisation", "registrant_name": "Ann Büchner",
    "registrant_org": "Bücher & Co", "registrant_street1": "1 Elm St",
    "registrant_street2": "2nd floor", "registrant_city": "Reseda", "registrant_sp": "CA",
    "registrant_pc": "91335", "registrant_cc": "us", "registrant_voice": "+1 (818) 555-0100",
    "registrant_fax": "+1 818 555 0101 x 12", "registrant_email": "ann@example.org",
}  # fmt: skip
COMES = {"domain": "Bücher.example", "consent": "true", **REGISTRANT}
CODE = "s3cr3t!Code"
FORMS = {
    "new": {"action": "new", "years": "2", "alternatives": "buecher.example\nx.co.uk", **COMES},
    "transfer": {"action": "transfer", "transfer_code": CODE, **COMES},
    "modify": {"action": "modify", "domain": "example.com", "registrant_city": "Van Nuys"},
    "renew": {"action": "renew", "domain": "example.com", "years": "10"},
    "delete": {"action": "delete", "domain": "example.com", "domain_again": "EXAMPLE.com."},
}


def ordered(action: str = "new", /, **changes: str) -> Order:
    return order(FORMS[action] | changes, provider())


def refused(action: str = "new", /, **changes: str) -> dict[str, str]:
    with pytest.raises(Unusable) as caught:
        ordered(action, **changes)
    return caught.value.errors
