"""Starting a server on a free port of loopback, waiting for it, and ending it with the test run."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import needs

if TYPE_CHECKING:
    from collections.abc import Callable

READY_SECONDS = 60

# Nothing of the machine's own AWS set-up reaches a test.
BLANK_ENVIRONMENT = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@cache
def scratch() -> Path:
    """A folder for the servers' files, gone with the test run."""
    folder = Path(tempfile.mkdtemp(prefix="cop-stores-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def certificate() -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that is its own authority, and its key."""
    openssl = needs.program("openssl")
    cert, key = scratch() / "cert.pem", scratch() / "key.pem"
    names = "subjectAltName=IP:127.0.0.1,DNS:localhost"
    uses = "keyUsage=critical,digitalSignature,keyCertSign"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    subject = ["-subj", "/CN=localhost", "-addext", names, "-addext", uses]
    run([openssl, "req", "-x509", "-nodes", "-days", "2", *curve, *subject, "-keyout", key, "-out", cert])
    return cert, key


def free_ports(count: int) -> list[int]:
    """Ports on loopback that nobody listens on."""
    with contextlib.ExitStack() as stack:
        open_sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in open_sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in open_sockets]


def start(argv: list[str | Path], log: Path, **environment: str) -> subprocess.Popen[bytes]:
    """A server that ends with this process, even when that is killed."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            _ends_with_us(argv), stdout=out, stderr=out, env=os.environ | BLANK_ENVIRONMENT | environment
        )
    atexit.register(stop, process)
    return process


def stop(process: subprocess.Popen[bytes]) -> None:
    process.kill()  # nothing in a test server is worth keeping, and Ceph is slow to end politely
    process.wait()


def run(argv: list[str | Path], **environment: str) -> str:
    """A short program's output."""
    done = subprocess.run(
        argv, env=os.environ | environment, capture_output=True, text=True, timeout=READY_SECONDS, check=False
    )
    assert done.returncode == 0, (argv, done.stdout, done.stderr)
    return done.stdout


def until(what: str, ready: Callable[[], bool], log: Path) -> None:
    """Wait for a server; `log` is shown when it does not come."""
    give_up = time.monotonic() + READY_SECONDS
    pause = threading.Event()
    while not ready():
        assert time.monotonic() < give_up, f"{what} did not start:\n{log.read_text(errors='replace')[-2000:]}"
        pause.wait(0.03)


def listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def _ends_with_us(argv: list[str | Path]) -> list[str | Path]:
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--", *argv] if setpriv else argv
