"""AttributeValues against boto3's own serializer, which takes three times as long."""

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from netdesk.attribute_value import pack, unpack

PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.text(),
    st.binary(),
    st.sets(st.text(), min_size=1),
)
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12
)


@given(VALUES)
def test_what_is_packed_comes_back(value):
    assert unpack(pack(value)) == value


@given(VALUES)
def test_boto3_reads_what_we_pack(value):
    assert plain(TypeDeserializer().deserialize(pack(value))) == value


@given(VALUES)
def test_we_read_what_boto3_packs(value):
    assert unpack(received(TypeSerializer().serialize(value))) == value


@pytest.mark.parametrize("value", [0.5, set(), object(), {"inner": [1.0]}])
def test_what_we_never_store_is_refused(value):
    with pytest.raises(TypeError):
        pack(value)


def test_a_type_that_we_never_store_is_refused():
    with pytest.raises(TypeError):
        unpack({"NS": ["1"]})


def plain(value):
    """boto3 gives numbers as Decimal, and bytes in a wrapper."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if hasattr(value, "to_integral_value"):
        return int(value)
    return value.value if hasattr(value, "value") else value


def received(value):
    """As it comes from the wire: bytes are bytes."""
    ((kind, inner),) = value.items()
    if kind == "M":
        return {kind: {key: received(each) for key, each in inner.items()}}
    if kind == "L":
        return {kind: [received(each) for each in inner]}
    return {kind: inner.value if kind == "B" and hasattr(inner, "value") else inner}
