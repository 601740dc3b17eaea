"""Any text is an order or a ValueError, and what an operator sets wrongly is a sentence."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.probe import host
from netdesk.probe.host import from_environment
from netdesk.probe.order import MOST_DAYS, MOST_OTHERS, Order, read
from netdesk.ranges import networks
from netdesk.refused import Refused
from netdesk.trace import MOST_FLOWS, Wish
from tests.desk import Cloud, Door, ask

WISH = {"method": "udp", "version": 6, "flows": 2}
ROW = {
    "id": "0" * 31 + "f",
    "target": "www.example.com",
    "days": 30,
    "wish": WISH,
    "resolvers": ["192.0.2.1"],
    "controls": ["192.0.2.2", "2001:db8::2"],
}


def order(**changed):
    return read(json.dumps(ROW | changed))


def test_an_order_is_read():
    assert order() == Order(
        ROW["id"],
        "www.example.com",
        timedelta(days=30),
        Wish("udp", 6, 2),
        ("192.0.2.1",),
        ("192.0.2.2", "2001:db8::2"),
    )
    nothing = order(wish={"method": None, "version": None, "flows": 1}, resolvers=[], controls=[])
    assert (nothing.wish, nothing.resolvers, nothing.controls) == (Wish(), (), ())


def test_what_the_door_sends_is_an_order(cloud: Cloud, door):
    """And it is read alike: both programs are ours, but they are installed apart."""
    trace: Door = door("TraceFunction")
    wish = {"target": "http://WWW.example.com/x", "method": "tcp", "version": 4, "flows": "3"}
    job = ask(trace, "POST", "/api/traces", body=wish).json["id"]
    [sent] = cloud.sqs.receive_message(QueueUrl=cloud.name("ProbeQueue"))["Messages"]
    found = read(sent["Body"])
    assert (found.id, found.target, found.wish) == (job, "www.example.com", Wish("tcp", 4, 3))


def test_a_newer_desk_may_say_more():
    assert order(place="Oregon") == order()


def test_only_so_many_others_are_asked():
    many = [f"192.0.2.{number}" for number in range(200)]
    found = order(resolvers=many, controls=many)
    assert found.resolvers == found.controls == tuple(many[:MOST_OTHERS])


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "null",
        "[]",
        '"order"',
        "7",
        "{}",
        "[" * 100_000,
        '{"id":' * 50_000,
        "[1" + "0" * 10_000 + "]",
        json.dumps(ROW)[:-1],
        json.dumps([ROW]),
        *(json.dumps({k: v for k, v in ROW.items() if k != name}) for name in ROW),
    ],
    ids=lambda body: body[:20],
)
def test_what_is_no_order(body):
    with pytest.raises(ValueError):
        read(body)


@pytest.mark.parametrize(
    "changed",
    [
        {"id": None},
        {"id": 7},
        {"id": ""},
        {"id": "F" * 32},
        {"id": "0" * 33},
        {"id": "0" * 32 + "\n"},
        {"id": "../../" + "0" * 26},
        {"target": None},
        {"target": ["www.example.com"]},
        {"days": None},
        {"days": "30"},
        {"days": True},
        {"days": 0},
        {"days": -1},
        {"days": 1.5},
        {"days": MOST_DAYS + 1},
        {"days": 10**30},
        {"days": float("inf")},
        {"days": float("nan")},
        {"resolvers": None},
        {"resolvers": "192.0.2.1"},
        {"resolvers": {"0": "192.0.2.1"}},
        {"resolvers": [None]},
        {"controls": [7]},
        {"wish": None},
        {"wish": []},
        {"wish": "udp"},
        {"wish": {}},
        *(
            {"wish": WISH | wrong}
            for wrong in (
                {"port": 22},
                {"method": "sctp"},
                {"method": []},
                {"method": ""},
                {"version": 5},
                {"version": "4"},
                {"version": 4.0},
                {"version": True},
                {"flows": 0},
                {"flows": MOST_FLOWS + 1},
                {"flows": True},
                {"flows": "1"},
                {"flows": None},
                {"flows": 2.0},
            )
        ),
    ],
    ids=repr,
)
def test_one_wrong_thing_spoils_it(changed):
    with pytest.raises(ValueError):
        order(**changed)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([4, 6, 1, "udp", "0" * 32, WISH, ROW]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*ROW, *WISH]) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=12,
)


@given(
    st.text()
    | JSON.map(json.dumps)
    | st.dictionaries(st.sampled_from([*ROW]), JSON).map(lambda changed: json.dumps(ROW | changed))
    | st.dictionaries(st.sampled_from([*WISH, "x"]), JSON).map(
        lambda changed: json.dumps(ROW | {"wish": WISH | changed})
    )
)
def test_any_text_is_an_order_or_an_error(body):
    try:
        found = read(body)
    except ValueError:
        return
    assert isinstance(found, Order)
    assert len(found.id) == 32 and 1 <= found.kept.days <= MOST_DAYS
    assert type(found.wish.flows) is int and 1 <= found.wish.flows <= MOST_FLOWS
    assert found.wish.version in (None, 4, 6) and found.wish.method in (None, "icmp", "udp", "tcp")
    assert all(type(one) is str for one in (found.target, *found.resolvers, *found.controls))


# --- what its operator decides


def test_an_operators_settings():
    made = from_environment(
        {
            host.ALLOW: "198.18.0.0/15",
            host.REFUSE: " 192.0.2.0/28 , 8.8.8.0/24 ",
            host.RESOLVER: "10.0.0.2, 2001:db8::53,",
        }
    )
    assert made.rules.allow == networks("198.18.0.0/15")
    assert made.rules.refuse == networks("192.0.2.0/28,8.8.8.0/24")
    assert made.resolver == ("10.0.0.2", "2001:db8::53")
    assert made.permitted(["8.8.8.8", "9.9.9.9", "nonsense", "10.0.0.1"]) == ("9.9.9.9",)


def test_nothing_set_is_nothing_excepted():
    made = from_environment({})
    assert (made.rules.allow, made.rules.refuse, made.resolver) == ((), (), ())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            (name, value)
            for name in (host.ALLOW, host.REFUSE)
            for value in ("lab", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/8;::/0", "\x1b[2J")
        ),
        *((host.RESOLVER, value) for value in ("dns", "10.0.0.2:53", "10.0.0.2 10.0.0.3", "10/8")),
    ],
)
def test_what_is_set_wrongly_is_named_in_a_sentence(name, value):
    with pytest.raises(Refused) as refused:
        from_environment({name: value})
    sentence = str(refused.value)
    assert sentence.startswith(f"{name}: ") and sentence.endswith(".")
    assert sentence.isprintable()


@pytest.mark.parametrize("own", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1"])
def test_the_host_itself_is_refused_even_where_its_range_is_not(own):
    made = from_environment({host.ALLOW: "127.0.0.0/8,::1/128"})
    assert "is the measuring host itself" in made.refusal(own)
