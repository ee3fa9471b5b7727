"""The log: loggers, levels, threads, tasks, handlers that call the library."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from conftest import SECRET

import wharf
from wharf.server import Server


@pytest.fixture
def debug(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """The log, with the root logger at DEBUG."""
    with caplog.at_level(logging.DEBUG):
        yield caplog


@pytest.fixture
def tke(wharf_server: Server) -> wharf.tke.Connection:
    return wharf_server.connection(
        wharf.tke.Connection, client_rate_limit=False, retry={"base_delay": 0.001, "throttled_delay": 0.001}
    )


def lines(log: pytest.LogCaptureFixture, level: int) -> list[str]:
    """The lines of calls and attempts with that level."""
    return [record.getMessage() for record in log.records if record.name == "wharf" and record.levelno == level]


def test_a_call_is_one_line_at_info(tke: wharf.tke.Connection, debug: pytest.LogCaptureFixture) -> None:
    tke.clusters.describe_clusters()
    (line,) = lines(debug, logging.INFO)
    assert line.startswith("call succeeded rpc.service=tke rpc.method=DescribeClusters cloud.region=")
    assert "http.response.status_code=200" in line and "request_id=" in line and "duration_ms=" in line
    assert any(line.startswith("attempt succeeded") for line in lines(debug, logging.DEBUG))


def test_failed_attempts_are_warnings(
    tke: wharf.tke.Connection, wharf_server: Server, debug: pytest.LogCaptureFixture
) -> None:
    wharf_server.faults.throttle(operation="DescribeClusters", times=2)
    tke.clusters.describe_clusters()
    warnings = lines(debug, logging.WARNING)
    assert len(warnings) == 2 and all("error.type=throttled" in line for line in warnings)
    (line,) = lines(debug, logging.INFO)
    assert "http.request.resend_count=2" in line
    debug.clear()
    with pytest.raises(wharf.NotFoundError):
        tke.clusters.describe_cluster_kubeconfig(cluster_id="cls-nowhere")
    (line,) = lines(debug, logging.INFO)
    assert line.startswith("call failed") and "error.type=not_found" in line


def test_levels_are_followed(tke: wharf.tke.Connection, caplog: pytest.LogCaptureFixture) -> None:
    for level, expected in [(logging.WARNING, 0), (logging.INFO, 1), (logging.CRITICAL, 0), (logging.DEBUG, 1)]:
        caplog.clear()
        with caplog.at_level(level, logger="wharf"):
            tke.clusters.describe_clusters()
        assert len(lines(caplog, logging.INFO)) == expected, level


def test_the_server_has_its_own_logger(tke: wharf.tke.Connection, debug: pytest.LogCaptureFixture) -> None:
    tke.clusters.describe_clusters()
    assert [record for record in debug.records if record.name == "wharf.server" and record.levelno == logging.INFO]
    assert {record.name for record in debug.records if record.name.startswith("wharf")} == {"wharf", "wharf.server"}


def test_threads(tke: wharf.tke.Connection, debug: pytest.LogCaptureFixture) -> None:
    def calls() -> None:
        for _ in range(20):
            tke.clusters.describe_clusters()

    threads = [threading.Thread(target=calls) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert len(lines(debug, logging.INFO)) == 160


def test_asyncio(wharf_server: Server, debug: pytest.LogCaptureFixture) -> None:
    tke = wharf_server.connection(wharf.tke.AsyncConnection, client_rate_limit=False)

    async def calls() -> None:
        await asyncio.gather(*(tke.clusters.describe_clusters() for _ in range(30)))

    asyncio.run(asyncio.wait_for(calls(), 60))
    assert len(lines(debug, logging.INFO)) == 30


class Calling(logging.Handler):
    """Calls the library for each line of the client. Lines of the server would have no end: each call causes one."""

    def __init__(self, tke: wharf.tke.Connection) -> None:
        super().__init__()
        self.tke, self.lines = tke, 0

    def emit(self, record: logging.LogRecord) -> None:
        if record.name == "wharf":
            self.lines += 1
            self.tke.clusters.describe_clusters()


def test_a_handler_that_calls_the_library(tke: wharf.tke.Connection, debug: pytest.LogCaptureFixture) -> None:
    handler = Calling(tke)
    logger = logging.getLogger("wharf")
    logger.addHandler(handler)
    try:

        def calls() -> None:
            for _ in range(5):
                tke.clusters.describe_clusters()

        threads = [threading.Thread(target=calls, daemon=True) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in threads), "a deadlock"
    finally:
        logger.removeHandler(handler)
    assert len(lines(debug, logging.INFO)) == 20
    assert handler.lines >= 20


def test_a_handler_that_fails_ends_no_call(
    tke: wharf.tke.Connection, debug: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise ValueError("on purpose")

    seen: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda raised: seen.append(str(raised.exc_value)))
    handler = Failing()
    logging.getLogger("wharf").addHandler(handler)
    try:
        assert tke.clusters.describe_clusters().total_count == 0
    finally:
        logging.getLogger("wharf").removeHandler(handler)
    assert set(seen) == {"on purpose"}


PROGRAM = """
import logging, os, sys, wharf
if "setup" in sys.argv:
    logging.basicConfig(level=logging.INFO, format="%(process)d %(name)s %(levelname)s %(message)s")
with wharf.server.start(time="manual") as server:
    tke = server.connection(wharf.tke.Connection, retry={"throttled_delay": 0.001})
    server.faults.throttle(operation="DescribeClusters", times=1)
    tke.clusters.describe_clusters()
    if "fork" in sys.argv:
        child = os.fork()
        if child == 0:
            try:
                tke.clusters.describe_clusters()
            except wharf.Error:
                pass
            logging.shutdown()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        print(child)
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, timeout=120, check=True
    )


def test_a_program_without_logging_prints_nothing() -> None:
    ended = run()
    assert (ended.stdout, ended.stderr) == ("", "")


def test_a_program_with_logging_prints_a_line_for_each_call_without_secrets() -> None:
    ended = run("setup")
    own = [line for line in ended.stderr.splitlines() if " wharf INFO " in line]
    assert len(own) == 1 and "call succeeded" in own[0]
    assert sum(" wharf WARNING attempt failed" in line for line in ended.stderr.splitlines()) == 1
    assert SECRET not in ended.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_child_of_fork_logs_too() -> None:
    ended = run("setup", "fork")
    child = ended.stdout.strip()
    assert any(line.startswith(f"{child} wharf ") for line in ended.stderr.splitlines()), ended.stderr
