"""Waiters, and waiting."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from conftest import create_cluster

import wharf
from wharf.server import Server
from wharf.tke import types


def test_a_waiter_tells_how_far_it_is(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    cluster_id = create_cluster(tke)
    told: list[str] = []

    def tell(progress: wharf.Progress) -> None:
        told.append(progress.text)
        # The callback may also make calls.
        assert tke.clusters.describe_clusters().total_count == 1
        wharf_server.advance(600)

    cluster = tke.clusters.wait_until_running(cluster_id=cluster_id, poll_interval=0.01, timeout=60, on_progress=tell)
    assert isinstance(cluster, types.Cluster) and cluster.cluster_id == cluster_id
    assert told == ["Creating", "Running"]


def test_a_waiter_gives_up_or_fails(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    cluster_id = create_cluster(tke)
    with pytest.raises(wharf.TimedOutError):
        tke.clusters.wait_until_running(cluster_id, timeout=0.05, poll_interval=0.01)
    wharf_server.faults.answer({"TotalCount": 1, "Clusters": [{"ClusterId": cluster_id, "ClusterStatus": "Abnormal"}]})
    with pytest.raises(wharf.WaitFailedError):
        tke.clusters.wait_until_running(cluster_id, poll_interval=0.01)
    wharf_server.faults.clear()
    wharf_server.advance(600)
    tke.clusters.delete_cluster(cluster_id=cluster_id, instance_delete_mode="terminate")
    wharf_server.advance(600)
    assert tke.clusters.wait_until_deleted(cluster_id, poll_interval=0.01) is None  # type: ignore[func-returns-value]


def test_arguments_of_waiters(tke: wharf.tke.Connection) -> None:
    for arguments, field in [({}, "cluster_id"), ({"cluster_id": 1}, "cluster_id"), ({"cluster": "x"}, "cluster")]:
        with pytest.raises(wharf.InvalidInputError) as caught:
            tke.clusters.wait_until_running(**arguments)  # type: ignore[arg-type]  # pyright: ignore
        assert caught.value.field == field
    with pytest.raises(TypeError, match="twice"):
        tke.clusters.wait_until_running("a", cluster_id="b")  # type: ignore[misc]  # pyright: ignore
    with pytest.raises(TypeError, match="without a name"):
        tke.clusters.wait_until_running("a", "b")  # type: ignore[arg-type, call-arg]  # pyright: ignore


def test_an_exception_of_the_callback_ends_the_waiting(tke: wharf.tke.Connection) -> None:
    cluster_id = create_cluster(tke)

    def fail(progress: wharf.Progress) -> None:
        raise KeyError(progress.text)

    with pytest.raises(KeyError, match="Creating"):
        tke.clusters.wait_until_running(cluster_id, on_progress=fail)


def test_other_threads_run_meanwhile(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    wharf_server.faults.delay(0.3)
    waiting = threading.Thread(target=tke.clusters.describe_clusters)
    waiting.start()
    turns = 0
    while waiting.is_alive():
        turns += 1
        time.sleep(0.001)
    assert turns > 20


def test_threads_share_a_connection(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    answers: list[str] = []

    def work() -> None:
        for _ in range(50):
            answers.append(tke.clusters.describe_clusters().request_id)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 400 == len(wharf_server.calls())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_fork(wharf_server: Server) -> None:
    # In a separate process, because pytest does not support forks of itself.
    program = """
import asyncio, os, sys, warnings
import wharf
warnings.simplefilter("ignore")
endpoint, id, secret = sys.argv[1:]
options = dict(region="ap-guangzhou", endpoint=endpoint, credentials=wharf.Credentials(id, secret))
tke, later = wharf.tke.Connection(**options), wharf.tke.AsyncConnection(**options)
def both():
    assert tke.clusters.describe_clusters().total_count == 0
    assert asyncio.run(later.clusters.describe_clusters()).total_count == 0
both()
children = []
for _ in range(3):
    child = os.fork()
    if child == 0:
        both()
        grandchild = os.fork()
        both()
        if grandchild == 0:
            os._exit(7)
        os._exit(os.waitstatus_to_exitcode(os.waitpid(grandchild, 0)[1]))
    children.append(child)
both()
assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [7, 7, 7]
both()
print("ok")
"""
    credentials = wharf_server.credentials
    arguments = [wharf_server.endpoint, credentials.id, credentials.secret.expose()]
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout.strip()) == (0, "ok"), done.stderr
    # Twice in the parent before and after, and in each of three children and grandchildren.
    assert len(wharf_server.calls()) == 2 * (3 + 3 * 3)


@pytest.mark.skipif(os.name == "nt", reason="signals are another thing there")
@pytest.mark.parametrize(
    "wait",
    [
        "tke.clusters.describe_clusters()",
        "tke.clusters.wait_until_running('cls-1', poll_interval=0.01)",
        "asyncio.run(later.clusters.describe_clusters())",
    ],
)
def test_ctrl_c(wharf_server: Server, wait: str) -> None:
    wharf_server.faults.delay(600)
    program = f"""
import asyncio, sys
import wharf
endpoint, id, secret = sys.argv[1:]
options = dict(region="ap-guangzhou", endpoint=endpoint, credentials=wharf.Credentials(id, secret), call_timeout=600, attempt_timeout=600)
tke, later = wharf.tke.Connection(**options), wharf.tke.AsyncConnection(**options)
try:
    {wait}
except KeyboardInterrupt:
    print("interrupted")
"""
    credentials = wharf_server.credentials
    arguments = [wharf_server.endpoint, credentials.id, credentials.secret.expose()]
    child = subprocess.Popen([sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, text=True)
    while not wharf_server.calls():
        assert child.poll() is None
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    said, _ = child.communicate(timeout=60)
    assert said.strip() == "interrupted"
