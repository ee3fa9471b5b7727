"""The runner of the behaviour suite (`tests/behaviour`) in Python: steps in, results out, as lines of JSON.

With the argument `async` calls and waiters go through `AsyncConnection`. Pages always do: with the other connection an
output iterates over the following pages, which is tested separately.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from typing import Any

import wharf
from wharf import _wharf

# Names of the kinds, as errors print them.
KINDS = {
    "invalid_input": "invalid input",
    "configuration": "wrong configuration",
    "credentials": "credentials refused",
    "permission_denied": "permission denied",
    "not_found": "not found",
    "conflict": "conflict",
    "quota": "quota reached",
    "throttled": "throttled",
    "unsupported": "not supported",
    "service": "service failure",
    "transient": "transient service failure",
    "connection_failed": "connection failure",
    "tls": "certificate refused",
    "timed_out": "timed out",
    "decode": "unreadable answer",
    "wait_failed": "waiting failed",
    "other": "failure",
}


class Runner:
    def __init__(self, is_async: bool) -> None:
        self.is_async = is_async
        self.loop = asyncio.new_event_loop()

    def connect(self, product: str, options: dict[str, Any]) -> Any:
        module = importlib.import_module(f"wharf.{product}")
        facts = _wharf.describe(product)
        self.operations = {operation.name: operation for operation in facts["operations"]}
        self.waiters = {waiter[0]: waiter for waiter in facts["waiters"]}
        self.connection, self.later = module.Connection(**options), module.AsyncConnection(**options)
        return {"ok": None, "shown": f"{self.connection!r} {self.connection} {self.later!r}"}

    def method(self, connection: Any, client: str, method: str) -> Any:
        return getattr(getattr(connection, client) if client else connection, method)

    def given(self, step: dict[str, Any], connection: Any) -> Any:
        options = step.get("options")
        return connection.with_options(**options) if options else connection

    def call(self, step: dict[str, Any]) -> Any:
        connection = self.given(step, self.later if self.is_async else self.connection)
        operation, arguments = self.operations.get(step["call"]), step.get("input") or {}
        if operation is None or not isinstance(arguments, dict):
            answer = connection.call(step["call"], arguments)
        else:
            answer = self.method(connection, operation.client, operation.method)(**arguments)
        if self.is_async:
            answer = self.loop.run_until_complete(answer)
        if isinstance(answer, dict):
            return {"ok": answer}
        shown = f"{answer!r} {answer} {answer.to_dict()}"
        return {"ok": answer.to_dict(wire_names=True, expose_secrets=True), "shown": shown}

    def pages(self, step: dict[str, Any]) -> Any:
        operation = self.operations[step["pages"]]
        seen: list[Any] = []
        offset = 0

        async def walk() -> None:
            nonlocal offset
            connection = self.given(step, self.later)
            arguments = step.get("input") or {}
            if operation.items is None:
                # The API does not offer this; the extension module reports it.
                connection._core.prepare(operation, arguments).pages()
            pages = self.method(connection, operation.client, operation.method)(**arguments).pages()
            try:
                async for page in pages:
                    seen.append(page.to_dict(wire_names=True, expose_secrets=True))
            finally:
                offset = pages.offset or 0

        reply = attempt(lambda: self.loop.run_until_complete(walk()) or {})
        return {**reply, "pages": seen, "offset": offset}

    def wait(self, step: dict[str, Any]) -> Any:
        told: list[Any] = []

        def tell(progress: wharf.Progress) -> None:
            told.append({"text": progress.text, "state": progress.state})

        def waiting() -> Any:
            name, client, method, *_ = self.waiters[step["wait"]]
            connection = self.later if self.is_async else self.connection
            arguments = step.get("arguments") or {}
            result = self.method(connection, client, method)(**arguments, on_progress=tell)
            if self.is_async:
                result = self.loop.run_until_complete(result)
            return {"ok": plain(result), "shown": f"{result!r}"}

        return {**attempt(waiting), "progress": told}

    def step(self, step: dict[str, Any]) -> Any:
        if "connect" in step:
            return attempt(lambda: self.connect(step["connect"]["product"], step["connect"]["options"]))
        if "call" in step:
            return attempt(lambda: self.call(step))
        return self.pages(step) if "pages" in step else self.wait(step)


def plain(result: Any) -> Any:
    if isinstance(result, list):
        return [plain(item) for item in result]
    return None if result is None else result.to_dict(wire_names=True, expose_secrets=True)


def attempt(what: Any) -> dict[str, Any]:
    try:
        done: dict[str, Any] = what()
        return done
    except wharf.Error as error:
        facts = {
            "kind": KINDS[error.kind],
            "message": error.message,
            "text": str(error),
            "code": error.code,
            "field": error.field,
            "request_id": error.request_id,
            "product": error.product,
            "operation": error.operation,
            "status": error.status,
            "retryable": error.retryable,
        }
        return {"error": facts, "shown": f"{error!r} {error.args} {error.__dict__}"}


def main() -> None:
    runner = Runner(sys.argv[1:] == ["async"])
    for line in sys.stdin:
        print(json.dumps(runner.step(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
