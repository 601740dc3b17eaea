"""Writes docs/costs.md, and prints the totals."""

from infra.costs.document import PATH, document
from infra.costs.model import model
from infra.costs.prices import added, dollars
from infra.costs.usage import BASIS


def main() -> None:
    made = model()
    PATH.write_text(document(made), encoding="utf-8")
    bill = made.month(BASIS)
    both = dollars(added(bill.core, bill.probe))
    print(f"{dollars(bill.core):.2f} dollars a month, {both:.2f} with a measuring host on EC2")


if __name__ == "__main__":
    main()
