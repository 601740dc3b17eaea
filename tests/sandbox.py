"""A program that puts on the unit's own system call filter, then does what the agent does."""

# libseccomp itself, as systemd uses it; 77 says that it isn't to be had here.
INSIDE = r"""
import asyncio, ctypes, errno, os, re, socket, ssl, subprocess, sys, threading
from pathlib import Path

unit = Path(sys.argv[1]).read_text()
try:
    lib = ctypes.CDLL("libseccomp.so.2", use_errno=True)
except OSError:
    print("libseccomp is not installed", file=sys.stderr)
    sys.exit(77)
lib.seccomp_init.restype = ctypes.c_void_p

def expanded(word):
    if not word.startswith("@"):
        return {word}
    listed = subprocess.run(["systemd-analyze", "syscall-filter", word, "--no-pager"],
                            capture_output=True, text=True, check=True).stdout
    words = [line.strip() for line in listed.splitlines()[1:]]
    words = [part for part in words if part and not part.startswith("#")]
    return set().union(*map(expanded, words))

allowed = expanded("@default")
for tilde, words in re.findall(r"(?m)^SystemCallFilter=(~?)(.*)$", unit):
    named = set().union(*map(expanded, words.split()))
    allowed = allowed - named if tilde else allowed | named
families = re.search(r"(?m)^RestrictAddressFamilies=(.*)$", unit)[1].split()
families = [int(getattr(socket, family)) for family in families]

import boto3, botocore.session
from netdesk import aws
from netdesk.probe import agent, host
from netdesk.probe.path import engine

ALLOW, ERRNO, EQUAL = 0x7FFF0000, 0x00050000, 4  # <seccomp.h>
class Compare(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int),
                ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]
def put_on(default, rules):
    context = ctypes.c_void_p(lib.seccomp_init(ctypes.c_uint32(default)))
    for action, name, comparisons in rules:
        number = lib.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:  # else another machine's
            lib.seccomp_rule_add_array(context, ctypes.c_uint32(action), number, len(comparisons),
                                       (Compare * len(comparisons))(*comparisons))
    assert lib.seccomp_load(context) == 0
put_on(ALLOW, [(ERRNO | errno.EAFNOSUPPORT, "socket", [Compare(0, EQUAL, family, 0)])
               for family in range(64) if family not in families])
ctypes.CDLL(None).prctl(65, 1, 0, 0, 0)  # PR_SET_MDWE, where the kernel has it
put_on(ERRNO | errno.EPERM, [(ALLOW, name, []) for name in allowed])

def refused(what, number):
    try:
        what()
    except OSError as error:
        assert error.errno == number, error
    else:
        raise AssertionError(what)
refused(lambda: socket.socket(socket.AF_UNIX), errno.EAFNOSUPPORT)
refused(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW), errno.EAFNOSUPPORT)
server = socket.socket()
server.bind(("127.0.0.1", 0))
refused(server.listen, errno.EPERM)
refused(lambda: os.chown("/nowhere", 1, 1), errno.EPERM)

os.environ.update(NETDESK_PROBE_ALLOW="127.0.0.0/8,::1/128", AWS_DEFAULT_REGION="us-west-2",
                  AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x",
                  PROBE_NAME="inside", PROBE_QUEUE="http://127.0.0.1:9/", TRACES_TABLE="traces")
async def traced(target):
    return [event async for event in engine.trace(target, method="udp")][-1]
for target in ("127.0.0.1", "::1"):
    assert asyncio.run(traced(target)).reached
agent.build(os.environ, host.from_environment(os.environ))  # clients of AWS
ssl.create_default_context()
assert socket.getaddrinfo("localhost", 443, type=socket.SOCK_STREAM)
async def threads():
    return await asyncio.gather(*(asyncio.to_thread(threading.get_ident) for _ in range(20)))
asyncio.run(threads())
print("all of it")
"""
