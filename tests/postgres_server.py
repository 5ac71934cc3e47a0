"""A real PostgreSQL with pgvector from an installed package: started on this machine, restarted as by a crash, removed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "pgserver"
ADMIN = "postgres"
PASSWORD = "hush-this-one"
"""Any would do, for the server trusts local connections: it is there to be looked for in logs."""
STOP_MODES = ("smart", "fast", "immediate")
"""As pg_ctl knows them; `immediate` ends the server without a checkpoint, as a crash does."""
TUNING = {"max_connections": "200", "shared_buffers": "64MB", "listen_addresses": "127.0.0.1"}


def _programs(folder: Path) -> Path:
    """The folder of the server's programs; a copy in `folder` where others cannot reach the installed ones."""
    spec = importlib.util.find_spec(PACKAGE)
    assert spec is not None, f"the package {PACKAGE} is installed with the tests"
    assert spec.origin is not None
    installed = Path(spec.origin).parent / "pginstall"
    reachable = all(place.stat().st_mode & stat.S_IXOTH for place in (installed / "bin").resolve().parents)
    if _owner() is None or reachable:
        return installed / "bin"
    return Path(shutil.copytree(installed, folder / "programs", symlinks=True)) / "bin"


def _owner() -> str | None:
    """Who runs the server: PostgreSQL refuses to be run by root."""
    return "nobody" if os.geteuid() == 0 else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """One server: on a TCP port of 127.0.0.1, and on a socket in `folder`."""

    folder: Path
    programs: Path
    port: int

    def url(self, database: str = ADMIN, *, port: int | None = None) -> str:
        """Its address for SQLAlchemy, over TCP; `port`: of a proxy before it."""
        return f"postgresql+asyncpg://{ADMIN}:{PASSWORD}@127.0.0.1:{port or self.port}/{database}"

    def socket_url(self, database: str = ADMIN) -> str:
        """The same over the socket."""
        return f"postgresql+asyncpg://{ADMIN}:{PASSWORD}@/{database}?host={self.folder}&port={self.port}"

    def start(self) -> None:
        """Start it and wait until it can be used."""
        self._control("start", "-l", str(self.folder / "log"))

    def stop(self, mode: str = "fast") -> None:
        """Stop it."""
        assert mode in STOP_MODES
        self._control("stop", "-m", mode)

    def restart(self, mode: str = "immediate") -> None:
        """Restart it, as after a crash unless told otherwise; takes about half a second."""
        assert mode in STOP_MODES
        self._control("restart", "-m", mode, "-l", str(self.folder / "log"))

    def execute(self, statement: str, database: str = ADMIN) -> str:
        """Run a statement; returns its rows as lines, columns apart by `|`."""
        place = ["-h", str(self.folder), "-p", str(self.port), "-U", ADMIN, "-d", database]
        done = subprocess.run(
            [str(self.programs / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", *place, "-c", statement],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def remove(self) -> None:
        """Stop it and remove its files."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _control(self, *arguments: str) -> None:
        # Its output goes nowhere: the server would inherit a pipe and hold it open.
        subprocess.run(
            [self.programs / "pg_ctl", "-s", "-w", "-t", "60", "-D", self.folder / "data", *arguments],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=_owner(),
            cwd=self.folder,
            timeout=90,
        )


def start_server(*, durable: bool = False, **tuning: str) -> PostgresServer:
    """A new server in a folder of its own. durable: each commit waits for the disk; tests need that only to measure."""
    folder = Path(tempfile.mkdtemp(prefix="support-bot-postgres-"))
    folder.chmod(0o755)
    if owner := _owner():
        shutil.chown(folder, owner)
    server = PostgresServer(folder, _programs(folder), _free_port())
    try:
        subprocess.run(
            [server.programs / "initdb", "-D", folder / "data", "-U", ADMIN, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            check=True,
            capture_output=True,
            user=_owner(),
            cwd=folder,
            timeout=120,
        )
        values = {**TUNING, "port": str(server.port), "unix_socket_directories": str(folder), **tuning}
        if not durable:
            values |= {"fsync": "off", "full_page_writes": "off"}
        lines = "".join(f"{name} = '{value}'\n" for name, value in values.items())
        with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(lines)
        server.start()
    except BaseException:
        server.remove()
        raise
    return server
