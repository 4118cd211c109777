"""A PostgreSQL server of its own for the tests that need one: a temporary folder, a free port on loopback."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import uuid
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import Phase, settings

settings.register_profile(
    "mutation", derandomize=True, database=None, deadline=None, phases=(Phase.explicit, Phase.generate)
)
"""For `make mutation`: the same examples in every run, and no time spent on making a failing one small."""

HOW_TO_GET_IT = "PostgreSQL is not installed; get it with: apt-get install postgresql"
REQUIRED = "POLICY_ENGINE_REQUIRE_ALL"
"""Set in CI: tests that need something that is not installed fail instead of being skipped."""


def missing(what: str) -> None:
    """Skip a test, or fail where all are required."""
    if os.environ.get(REQUIRED):
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def durable():
    """Is durable-rules there? It needs a C compiler, and a Python before 3.13."""
    if sys.version_info >= (3, 13):
        pytest.skip("durable-rules does not import on Python 3.13 and later")
    if find_spec("durable") is None:
        missing("durable-rules is not installed (it needs a C compiler): pip install 'policy-engine[monitoring]'")


@pytest.fixture(scope="session")
def spark():
    """A session of Spark on this machine, with workers of this Python. It takes half of the time of its tests."""
    if shutil.which("java") is None:
        missing("Java is not installed, which Spark needs; get it with: apt-get install openjdk-17-jre-headless")
    if find_spec("pyspark") is None or find_spec("pyarrow") is None:
        missing("PySpark is not installed; get it with: pip install 'policy-engine[spark]'")
    from policy_engine.population.spark import session

    quick = {
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.adaptive.enabled": "false",
    }
    made = session("local[2]", **quick)
    yield made
    made.stop()


def programs() -> Path | None:
    """The folder with initdb and pg_ctl; Debian keeps them out of the path."""
    found = [Path(program).resolve().parent for program in [shutil.which("pg_ctl")] if program]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in found if (folder / "initdb").exists()), None)


def server_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@pytest.fixture(scope="session")
def postgresql_server():
    """The URL of a running server, without a database."""
    folder = programs()
    if folder is None:
        missing(HOW_TO_GET_IT)
    user = server_user()
    home = Path(tempfile.mkdtemp(prefix="policy-engine-postgresql-"))
    if user is not None:
        shutil.chown(home, user)
    data = home / "data"

    def run(program, *arguments):
        command = [str(folder / program), *arguments]
        done = subprocess.run(command, user=user, cwd=home, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run("initdb", "-D", str(data), "-U", "office", "-A", "trust", "-E", "UTF8", "--locale=C")
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home} -c max_connections=40"
    try:
        run("pg_ctl", "-D", str(data), "-o", settings, "-l", str(home / "log"), "-w", "start")
        yield f"postgresql://office@127.0.0.1:{port}"
    finally:
        subprocess.run(
            [str(folder / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop"],
            user=user,
            cwd=home,
            capture_output=True,
            check=False,
        )
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def postgresql(postgresql_server):
    """The URL of an empty database."""
    import psycopg

    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(f"{postgresql_server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{postgresql_server}/{name}"


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request, tmp_path):
    """Where a ledger can be made: a SQLite file, then a PostgreSQL database."""
    return str(tmp_path / "ledger.db") if request.param == "sqlite" else request.getfixturevalue("postgresql")
