"""Traces from outside: the form, the API and the command, through the probe into the lab."""

import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from tests.e2e.stack import Stack, eventually
from tests.lab.lab import TARGET, Fault, Lab, address, chain, unavailable

HOPS = 4
needs_lab = pytest.mark.skipif(bool(unavailable()), reason=f"no network lab: {unavailable()}")
needs_lynx = pytest.mark.skipif(shutil.which("lynx") is None, reason="lynx is not installed")


@pytest.fixture
def lab() -> Iterator[Lab]:
    """Its target answers echo requests and refuses connections: nobody serves there."""
    with chain(HOPS, root=True) as built:
        yield built


@needs_lab
def test_command_shows_the_hops_and_ends_in_a_sentence(stack: Stack, lab: Lab) -> None:
    said = stack.netdesk("trace", TARGET)
    hops = re.findall(r"^ *(\d+)  (\S+) ", said, re.MULTILINE)
    assert hops == [(str(k), address(k)) for k in range(1, HOPS)] + [(str(HOPS), TARGET)]
    assert "the web service on it is switched off" in said
    assert "sure        certain" in said
    assert f"page        {stack.front}/api/traces/" in said


@needs_lab
@pytest.mark.parametrize("how", ["--udp", "--tcp"])
def test_command_traces_in_other_ways(stack: Stack, lab: Lab, how: str) -> None:
    result = stack.netdesk_json("trace", TARGET, how)
    assert [hop["ttl"] for hop in result["hops"]] == list(range(1, HOPS + 1))


@needs_lab
def test_command_gives_one_json_document(stack: Stack, lab: Lab) -> None:
    result = stack.netdesk_json("trace", f"http://{TARGET}/some/page")
    assert result["target"] == TARGET
    assert result["state"] == "done"
    assert [hop["ttl"] for hop in result["hops"]] == list(range(1, HOPS + 1))
    assert result["verdict"]["code"] == "service-off"
    [probe] = result["probes"]
    assert probe["name"] == "outside"
    assert {"way", "service", "control"} <= {fact["kind"] for fact in probe["facts"]}


@needs_lab
def test_api_gives_the_hops_that_are_new(stack: Stack, lab: Lab) -> None:
    ordered = stack.client.post_json("/api/traces", target=TARGET)
    assert ordered.status == 202
    path = f"/api/traces/{ordered.json['id']}"
    done = eventually(lambda: _finished(stack, path))
    last = done["hops"][-1]["n"]
    rest = stack.client.get(f"{path}?after={last - 1}", accept="application/json").json
    assert [hop["n"] for hop in rest["hops"]] == [last]
    end = stack.client.get(f"{path}?after={done['next']}", accept="application/json").json
    assert (end["hops"], end["probes"][0]["facts"]) == ([], [])


@needs_lab
def test_form_works_without_script(stack: Stack, lab: Lab) -> None:
    ordered = stack.client.post("/api/traces", target=TARGET)
    assert ordered.status == 202
    again = re.search(r'http-equiv="refresh" content="\d+;url=([^"]+)"', ordered.text)
    assert again
    page = eventually(lambda: _without_refresh(stack, again.group(1)))
    assert "the web service on it is switched off" in page
    assert address(1) in page


@needs_lab
@needs_lynx
def test_form_works_in_lynx(stack: Stack, lab: Lab) -> None:
    """What a text browser sends and shows: the form, the words of the trace, and the button."""
    shown = lynx(f"{stack.front}/status/traceroute/")
    assert "Trace it" in shown
    ordered = stack.client.post_json("/api/traces", target=TARGET)
    path = f"/api/traces/{ordered.json['id']}"
    eventually(lambda: _finished(stack, path))
    shown = lynx(stack.front + path)
    assert "the web service on it is switched off" in shown
    assert "Open a ticket with this trace" in shown
    for place in range(1, HOPS):
        assert address(place) in shown
    assert "<svg" not in shown


@needs_lab
def test_a_broken_path_names_the_last_hop(stack: Stack) -> None:
    with chain(HOPS, Fault("dead", 3), root=True):
        result = stack.netdesk_json("trace", TARGET)
    assert result["verdict"]["code"] == "stops-after"  # nobody says whose the lab's routers are
    assert address(3) in result["verdict"]["sentence"]


@needs_lab
def test_a_fault_of_ours_is_known_once_a_notice_tells_of_it(stack: Stack) -> None:
    said = ("--title", "Our links are down", "--message", "We look for the cause.")
    with chain(HOPS, Fault("dead", 2), root=True):
        before = stack.netdesk_json("trace", TARGET)["verdict"]
        opened = stack.netdesk_json(
            "notice", "open", *said, "--impact", "major", "--component", "backbone"
        )
        after = stack.netdesk_json("trace", TARGET)["verdict"]
    stack.netdesk("notice", "resolve", opened["id"], "--message", "It works again.")
    assert (before["code"], before["known"]) == ("ours-likely", None)
    assert after["known"] == {"title": "Our links are down", "url": opened["url"]}
    assert "We know of it: Our links are down." in after["sentence"]


@pytest.mark.parametrize("target", ["127.0.0.1", "10.0.0.1", "http://[::1]/", "169.254.169.254"])
def test_refused_target_is_a_sentence(stack: Stack, target: str) -> None:
    answer = stack.client.post_json("/api/traces", target=target)
    assert answer.status == 422
    assert answer.json["errors"]["target"].endswith(".")
    page = stack.client.post("/api/traces", target=target)
    assert page.status == 422
    assert f'value="{target}"' in page.text
    assert stack.netdesk("trace", target, fails=True).count("\n") == 1


def test_unknown_trace_is_a_sentence(stack: Stack) -> None:
    answer = stack.client.get("/api/traces/ffffffffffffffffffffffffffffffff")
    assert answer.status == 404
    assert "There is no such trace" in answer.text


def lynx(url: str) -> str:
    command = ["lynx", "-dump", "-nolist", "-width=100", url]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _finished(stack: Stack, path: str) -> dict[str, object] | None:
    result = stack.client.get(path, accept="application/json").json
    return result if result["state"] in ("done", "failed") else None


def _without_refresh(stack: Stack, path: str) -> str:
    page = stack.client.get(path).text
    return "" if 'http-equiv="refresh"' in page else page
