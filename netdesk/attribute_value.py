"""DynamoDB's AttributeValues as plain Python, of the types that netdesk stores.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
"""

from typing import Any

Value = dict[str, Any]


def pack(value: Any) -> Value:
    """Raises TypeError for what netdesk never stores: a fraction, an empty set."""
    match value:
        case str():
            return {"S": value}
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case bytes():
            return {"B": value}
        case dict():
            return {"M": {key: pack(inner) for key, inner in value.items()}}
        case list() | tuple():
            return {"L": [pack(inner) for inner in value]}
        case set() | frozenset() if value:
            return {"SS": sorted(value)}
    raise TypeError(f"DynamoDB is given no {type(value).__name__} by us: {value!r}")


def unpack(value: Value) -> Any:
    ((kind, given),) = value.items()
    match kind:
        case "S" | "BOOL" | "B":
            return given
        case "NULL":
            return None
        case "N":
            return int(given)
        case "M":
            return {key: unpack(inner) for key, inner in given.items()}
        case "L":
            return [unpack(inner) for inner in given]
        case "SS":
            return set(given)
    raise TypeError(f"netdesk stores no attribute of type {kind}")
