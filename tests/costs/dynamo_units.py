"""What DynamoDB charges for a call: its size in request units, from the items themselves.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

Item = Mapping[str, Any]  # as the API has it: {"pk": {"S": "x"}}
READ, WRITE = 4_096, 1_024  # bytes of a unit
OVERHEAD = 100  # bytes that DynamoDB keeps beside each item, in an index too


def item_size(item: Item) -> int:
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def value_size(value: Item) -> int:
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            digits = len(content.lstrip("-").replace(".", "").strip("0"))
            return (digits + 1) // 2 + 1 + content.startswith("-")
        case "B":
            return len(content)
        case "SS" | "NS":
            return sum(value_size({kind[0]: one}) for one in content)
        case "L":
            return 3 + sum(1 + value_size(one) for one in content)
        case "M":
            return 3 + sum(1 + len(name.encode()) + value_size(v) for name, v in content.items())
    return 1  # BOOL and NULL


def units(size: int, unit: int) -> int:
    """Whole units, and one for what is not there."""
    return max(1, -(-size // unit))


def read_units(size: int, *, consistent: bool) -> float:
    return units(size, READ) * (1 if consistent else 0.5)


def write_units(before: Item, after: Item) -> int:
    return units(max(item_size(before), item_size(after)), WRITE)


def index_units(index: Item, before: Item, after: Item) -> int:
    """A changed key is two writes; what the index does not hold may change for nothing."""
    old, new = entry(index, before), entry(index, after)
    if old == new:
        return 0
    keys = [part["AttributeName"] for part in index["KeySchema"]]
    if old and new and any(old[key] != new[key] for key in keys):
        return units(item_size(old), WRITE) + units(item_size(new), WRITE)
    return write_units(old, new)


def entry(index: Item, item: Item) -> Item:
    """What an index holds of an item: nothing when one of its keys is missing."""
    keys = {part["AttributeName"] for part in index["KeySchema"]} | {"pk", "sk"}
    if not keys <= item.keys():
        return {}
    projection = index["Projection"]
    if projection["ProjectionType"] == "ALL":
        return item
    kept = keys | {*projection.get("NonKeyAttributes", [])}
    return {name: value for name, value in item.items() if name in kept}


def stored(indexes: list[Any], item: Item) -> int:
    """Bytes that are kept of an item, here and in the indexes."""
    return sum(item_size(one) + OVERHEAD for one in _copies(indexes, item))


def _copies(indexes: list[Any], item: Item) -> Iterator[Item]:
    yield from filter(None, (item, *(entry(index, item) for index in indexes)))
