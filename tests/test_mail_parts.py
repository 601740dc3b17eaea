import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticket_intake.mail.structure.parts import Part, opened, walk


def tree(part: Part) -> object:
    """A multipart as its kind and its children, a leaf as its body."""
    if part.children:
        return [part.kind.partition("/")[2], *map(tree, part.children)]
    return bytes(part.body).decode("latin-1")


def mixed(body: bytes, kind: bytes = b"mixed", boundary: bytes = b"b") -> Part:
    head = b"Content-Type: multipart/" + kind + b'; boundary="' + boundary + b'"\n\n'
    return opened(head + body)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"--b\n\none\n--b\n\ntwo\n--b--\n", ["mixed", "one", "two"]),
        (b"before\n--b\n\none\n--b--\nbehind\n", ["mixed", "one"]),
        (b"--b\n\none", ["mixed", "one"]),
        (b"--b\n\none\n--b--", ["mixed", "one"]),
        (b"--b\n\none\n\n--b--", ["mixed", "one\n"]),
        (b"--b \t \n\none\n--b-- \n", ["mixed", "one"]),
        (b"--b and more\n\none\n--b--\n", ["mixed", "one"]),
        (b"--b\n--b\n\ntwo\n--b--\n", ["mixed", "", "two"]),
        (b"--b\nX: y\n--b\n\ntwo\n--b--\n", ["mixed", "", "two"]),
        (b"--bb\n\nno\n--b\n\none --b\n --b\n--bc\n--b--\n", ["mixed", "one --b\n --b\n--bc"]),
        (b"nothing\n--b--\n", "nothing"),
        (b"never seen", "never seen"),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r", b"\r\r\n"])
def test_parts_end_at_the_delimiter_line(body: bytes, found: object, end: bytes) -> None:
    root = opened(
        b"Content-Type: multipart/mixed; boundary=b\n\n".replace(b"\n", end)
        + body.replace(b"\n", end)
    )

    def plain(node: object) -> object:
        if isinstance(node, str):
            return node.replace(end.decode(), "\n")
        return [plain(child) for child in node] if isinstance(node, list) else node

    assert plain(tree(root)) == found


INNER = b'--out\nContent-Type: multipart/alternative; boundary="%b"\n\n'


@pytest.mark.parametrize(
    ("inner", "body", "found"),
    [
        (b"in", b"--in\n\none\n--in--\n--out\n\ntwo\n--out--\n", [["alternative", "one"], "two"]),
        (b"in", b"--in\n\none\n--out\n\ntwo\n--out--\n", [["alternative", "one"], "two"]),
        (b"in", b"none\n--out\n\ntwo\n--out--\n", ["none", "two"]),
        (b"out2", b"--out2\n\none\n--out\n\ntwo", [["alternative", "one"], "two"]),
        (b"ou", b"--ou\n\none\n--out\n\ntwo", [["alternative", "one"], "two"]),
        (b"out", b"--out\n\none\n--out--\n--out\n\ntwo", [["alternative", "one"], "two"]),
        (b"out--", b"--out--\n\none\n--out\n\ntwo", [["alternative", "one"], "two"]),
    ],
    ids=["closed", "unclosed", "unused", "longer", "shorter", "the same", "a closing one"],
)
def test_an_outer_delimiter_ends_what_is_inside(inner: bytes, body: bytes, found: object) -> None:
    root = mixed(INNER.replace(b"%b", inner) + body, boundary=b"out")
    assert tree(root) == ["mixed", *(found if isinstance(found, list) else [])]


@pytest.mark.parametrize(
    ("field", "boundary"),
    [
        (b"multipart/mixed; boundary=a_b=c?", b"a_b=c?"),
        (b'multipart/mixed; boundary="a b"', b"a b"),
        (b'multipart/mixed; boundary="a  "', b"a"),
        (b'multipart/mixed; boundary="a  "', b"a  "),
        (b'multipart/mixed; boundary="a', b"a"),
        (b"multipart/mixed; BOUNDARY = a", b"a"),
        (b"multipart/mixed boundary=a", b"a"),
        (b'multipart/mixed;\n\tcharset=x;\n boundary="a"', b"a"),
        (b"multipart/mixed; boundary*=utf-8''a%20b", b"a b"),
        (b'multipart/mixed; boundary*0="a"; boundary*1="b"', b"ab"),
        (b'Multipart/Mixed; type="text/html"; boundary="--a"', b"--a"),
        (b"multipart/mixed; boundary=" + b"a" * 9_000, b"a" * 9_000),
    ],
)
def test_a_boundary_is_found_as_it_is_written(field: bytes, boundary: bytes) -> None:
    body = b"--" + boundary + b"\n\none\n--" + boundary + b"--\nno"
    assert tree(opened(b"Content-Type: " + field + b"\n\n" + body)) == ["mixed", "one"]


@pytest.mark.parametrize("field", [b"", b"; boundary=other"])
def test_a_mail_whose_boundary_is_missing_is_parted_at_what_looks_like_one(field: bytes) -> None:
    body = b"one\n-- \nAnn\n--xyz\nContent-Type: text/plain\n\ntwo\n--xyz--\n"
    assert tree(opened(b"Content-Type: multipart/mixed" + field + b"\n\n" + body)) == [
        "mixed",
        "two",
    ]


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        (b"", "text/plain"),
        (b"Content-Type:\n", "text/plain"),
        (b"Content-Type: text\n", "text/plain"),
        (b"Content-Type: nonsense/\n", "text/plain"),
        (b"Content-Type: TEXT/HTML; charset=x\n", "text/html"),
        (b"Content-Type: image / gif\n", "image/gif"),
        (b"Content-Type: text/html\nContent-Type: text/plain\n", "text/html"),
        (b"Content-Type: a/\xff\n", "text/plain"),
    ],
)
def test_a_part_has_a_media_type(field: bytes, kind: str) -> None:
    assert opened(field + b"\nx").kind == kind


def test_a_digest_holds_mails() -> None:
    root = mixed(b"--b\n\nSubject: one\n\n1\n--b\nContent-Type: text/plain\n\n2\n", b"digest")
    assert [child.kind for child in root.children] == ["message/rfc822", "text/plain"]
    assert root.children[0].children[0].headers == {"subject": ("one",)}


ENCLOSED = b"Subject: in\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\none\n--c--\n"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (b"7bit", ENCLOSED),
        (b"base64", ENCLOSED),  # says so, but is not
        (b"quoted-printable", ENCLOSED.replace(b"=", b"=3D")),
        (
            b"base64",
            b"U3ViamVjdDogaW4KQ29udGVudC1UeXBlOiBtdWx0aXBhcnQvbWl4ZWQ7IGJvdW5kYXJ5PWMKCi0tYwoK"
            b"b25lCi0tYy0tCg==",
        ),
    ],
)
def test_g6_an_enclosed_mail_is_opened_whatever_its_encoding(encoding: bytes, body: bytes) -> None:
    part = b"--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: " + encoding
    root = mixed(part + b"\n\n" + body + b"\n--b\n\ntwo\n")
    [mail] = root.children[0].children
    assert mail.headers["subject"] == ("in",)
    assert tree(mail) == ["mixed", "one"]
    assert [part.kind for part in walk(root)] == ["multipart/mixed", "message/rfc822", "text/plain"]


def nested(depth: int) -> bytes:
    parts = (
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth)
    )
    return b"".join(parts) + b"\nbottom"


@pytest.mark.parametrize(
    ("raw", "count", "whole"),
    [
        (nested(49), 50, True),
        (nested(80), 51, False),
        (b"Content-Type: message/rfc822\n\n" * 80, 51, False),
        (b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 900, 901, True),
        (b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 2_000, 1_000, False),
    ],
)
def test_what_is_beyond_the_limits_stays_in_a_body(raw: bytes, count: int, whole: bool) -> None:
    root = opened(raw)
    parts, left = 0, [root]
    while left:
        part = left.pop()
        parts += 1
        left += part.children
    assert (parts, root.whole) == (count, whole)


PIECES = [
    b"--b",
    b"--c",
    b"--",
    b"\n",
    b"\r\n",
    b"\r",
    b"\n\n",
    b" ",
    b"x",
    b"\0",
    b"\xff",
    b"From x\n",
]
PIECES += [b"Subject: x\n", b"Content-Type: message/rfc822\n\n"]
PIECES += [b"Content-Type: multipart/mixed; boundary=b\n\n"]
PIECES += [b"Content-Type: multipart/digest; boundary=c\n\n"]
SOUP = st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join)


@settings(max_examples=300, deadline=None)
@given(SOUP)
def test_each_part_lies_within_the_one_around_it(raw: bytes) -> None:
    def check(part: Part, room: bytes) -> None:
        assert bytes(part.body) in room
        for child in part.children:
            check(child, bytes(part.body))

    check(opened(raw), raw)
