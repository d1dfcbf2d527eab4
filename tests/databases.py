"""The databases the suite runs on: SQLite always, PostgreSQL from a private server that this module starts.

`python -m tests.databases COMMAND…` starts PostgreSQL on a free port of this machine, runs the command with
SOCIAL_RX_TEST_POSTGRES set to its address, and stops the server by its process id. Without a command it says how to
use the server and keeps it until Ctrl+C (`make postgres`).
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

VARIABLE = "SOCIAL_RX_TEST_POSTGRES"
SETUP = Path(__file__).parent.parent / ".ci" / "setup"


def programs() -> Path | None:
    """The folder with initdb and pg_ctl, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def install() -> None:
    """Install Debian's package when this account may; otherwise say what to install, and stop."""
    if subprocess.run([SETUP, "postgres"]).returncode:
        sys.exit(
            f"Or name a server that may create databases:  {VARIABLE}=postgresql+psycopg://user:password@host/postgres"
        )


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A private PostgreSQL server for as long as the block runs; yields the URL of its `postgres` database.

    PostgreSQL refuses to run as root, so root hands it to the `postgres` account.
    """
    if not programs():
        install()
    bin_, port = programs(), free_port()
    home = Path(tempfile.mkdtemp(prefix="social-rx-postgres-"))
    demote: dict = {}
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(home, account.pw_uid, account.pw_gid)
        demote = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "cwd": "/"}

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [bin_ / program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **demote
        )
        if done.returncode:
            sys.exit(f"{program} failed:\n{done.stdout}")

    data = str(home / "data")
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off"
    try:
        run("initdb", "-D", data, "-U", "social_rx", "-A", "trust", "-E", "UTF8", "--no-sync")
        run("pg_ctl", "-D", data, "-w", "-l", str(home / "log"), "-o", options, "start")
        try:
            yield f"postgresql+psycopg://social_rx@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def keep(url: str) -> int:
    """Say how to use the server, and wait until somebody has had enough."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"PostgreSQL is running, private and empty. In another terminal:\n\n  export SOCIAL_RX_DATABASE_URL={url}\n")
    print("Ctrl+C stops it, and everything in it is gone.", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()
    return 0


def main(command: list[str]) -> int:
    if command and os.environ.get(VARIABLE):
        return subprocess.run(command).returncode
    with postgres() as url:
        return subprocess.run(command, env=os.environ | {VARIABLE: url}).returncode if command else keep(url)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
