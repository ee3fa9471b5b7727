"""Credentials from a callable: requested when they are needed, never shown."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from conftest import SECRET

import wharf
from wharf.server import Server


def test_they_are_asked_for_until_they_expire(wharf_server: Server) -> None:
    asked: list[int] = []
    key = wharf_server.credentials

    def provide() -> wharf.Credentials:
        asked.append(threading.get_ident())
        soon = datetime.now(timezone.utc) + timedelta(seconds=0.4)
        return wharf.Credentials(key.id, key.secret, key.token, soon if len(asked) == 1 else None)

    tke = wharf_server.connection(wharf.tke.Connection, credentials=provide)
    assert not asked
    tke.clusters.describe_clusters()
    time.sleep(0.5)
    for _ in range(2):
        tke.clusters.describe_clusters()
    assert len(asked) == 2


def test_asyncio_goes_on_meanwhile(wharf_server: Server) -> None:
    going_on = threading.Event()

    def provide() -> wharf.Credentials:
        assert going_on.wait(10)
        return wharf_server.credentials

    async def main() -> None:
        tke = wharf_server.connection(wharf.tke.AsyncConnection, credentials=provide)
        call = asyncio.ensure_future(tke.clusters.describe_clusters())
        await asyncio.sleep(0.05)
        assert not call.done()
        going_on.set()
        assert (await call).total_count == 0

    asyncio.run(main())


def test_what_it_raises_ends_the_call_and_is_not_shown(wharf_server: Server) -> None:
    def fail() -> wharf.Credentials:
        raise PermissionError(SECRET)

    wrong: list[tuple[Any, str]] = [
        (fail, "PermissionError"),
        (lambda: None, "TypeError"),
        (lambda: ("id", SECRET), "TypeError"),
        (lambda: wharf.Credentials(7, SECRET), "TypeError"),  # type: ignore[arg-type]  # pyright: ignore
        (lambda: wharf.Credentials("id", SECRET, expiration=datetime(1900, 1, 1, tzinfo=timezone.utc)), "expiration"),
    ]
    for provide, told in wrong:
        tke = wharf_server.connection(wharf.tke.Connection, credentials=provide)
        with pytest.raises(wharf.CredentialsError, match=told) as caught:
            tke.clusters.describe_clusters()
        assert SECRET not in repr(caught.value) + str(caught.value)
        assert not wharf_server.calls()


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(wharf.InvalidInputError) as caught:
        wharf.Credentials("id", SECRET, expiration=datetime(2030, 1, 1))
    assert caught.value.field == "expiration" and SECRET not in str(caught.value)
    ends = datetime(2030, 1, 1, tzinfo=timezone.utc)
    first, second = (wharf.Credentials("id", SECRET, expiration=ends) for _ in range(2))
    assert first == second and hash(first) == hash(second) and first != wharf.Credentials("id", SECRET)
    assert SECRET not in repr(first)


def test_fixed_ones_may_have_an_expiration(wharf_server: Server) -> None:
    key = wharf_server.credentials
    ends = datetime.now(timezone.utc) + timedelta(hours=1)
    fixed = wharf.Credentials(key.id, key.secret, key.token, ends)
    assert wharf_server.connection(wharf.tke.Connection, credentials=fixed).clusters.describe_clusters().total_count == 0


def test_no_other_identity_stands_beside_them(wharf_server: Server) -> None:
    with pytest.raises(wharf.ConfigurationError) as caught:
        wharf.tke.Connection(credentials=lambda: wharf_server.credentials, profile="other")
    assert caught.value.field == "profile"
    with pytest.raises(wharf.ConfigurationError) as wrong:
        wharf.cce.Connection(credentials=lambda: wharf_server.credentials, token=SECRET)
    assert wrong.value.field == "token" and SECRET not in str(wrong.value)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_child_asks_for_its_own(wharf_server: Server) -> None:
    asked: list[int] = []
    key = wharf_server.credentials

    def provide() -> wharf.Credentials:
        asked.append(os.getpid())
        return key

    options = {**wharf_server.options("tke"), "credentials": provide}
    tke = wharf.tke.Connection(**options)
    tke.clusters.describe_clusters()
    child = os.fork()
    if child == 0:
        try:
            tke.clusters.describe_clusters()
            os._exit(0 if asked == [os.getppid(), os.getpid()] else 3)
        finally:
            os._exit(4)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert asked == [os.getpid()]
