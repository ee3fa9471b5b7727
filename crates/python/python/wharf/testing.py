"""Mocks: prepared outputs and errors for single operations, without a server.

    import wharf
    from wharf.testing import Failure, Mock

    mock = Mock()
    mock.on("DescribeClusters").matching(limit=5).then(total_count=1, clusters=[{"cluster_id": "cls-1"}])
    mock.on("DeleteCluster", product="tke").then_error(Failure.code("ResourceNotFound", "gone"))

    tke = mock.connection(wharf.tke.Connection, region="ap-guangzhou")
    assert tke.clusters.describe_clusters(limit=5).clusters[0].cluster_id == "cls-1"

Calls are checked and encoded as usual. Outputs and errors are written as the service sends them, and read like any response.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar, overload

from wharf import _wharf
from wharf._errors import invalid
from wharf._values import Credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from typing_extensions import Self

    from wharf import _product
    from wharf._structure import Structure

C = TypeVar("C", bound="_product.Base")

__all__ = ["Failure", "Mock", "MockCall", "Rule"]


class Failure:
    """Failure of a call, as a service, an intermediary or the network causes it."""

    __slots__ = ("_parts",)

    _parts: tuple[str, str | None, str, int | None]

    def __init__(self, kind: str, code: str | None = None, message: str = "", status: int | None = None, /) -> None:
        self._parts = kind, code, message, status

    @classmethod
    def code(cls, code: str, message: str = "", *, status: int | None = None) -> Failure:
        """Returns an error of the service with a code. Without `status`, the HTTP status follows from the code."""
        return cls("code", code, message, status)

    @classmethod
    def throttled(cls) -> Failure:
        """Returns the error that the product's services send for too many calls."""
        return cls("throttled")

    @classmethod
    def status(cls, status: int) -> Failure:
        """Returns a response of an intermediary: an HTTP status and an empty body."""
        return cls("status", None, "", status)

    @classmethod
    def not_connected(cls) -> Failure:
        """Returns a failure to connect: nothing is sent."""
        return cls("not_connected")

    @classmethod
    def cut(cls) -> Failure:
        """Returns a connection that is cut after the request was sent."""
        return cls("cut")

    @classmethod
    def timed_out(cls) -> Failure:
        """Returns an exchange whose timeout passes. The mock does not wait."""
        return cls("timed_out")

    def __repr__(self) -> str:
        kind, code, _, status = self._parts
        shown = code if code is not None else status
        return f"Failure.{kind}({'' if shown is None else repr(shown)})"


class MockCall:
    """A call that reached a mock. A call with retries is recorded once per attempt."""

    __slots__ = ("input", "operation", "product", "region")

    product: str
    """Name of the product."""
    operation: str
    """Name of the operation in the API."""
    region: str | None
    """Region that the call went to."""
    input: dict[str, Any]
    """Input by the names of its arguments, without those that are not set. It may contain secrets."""

    def __init__(self, product: str, operation: str, region: str | None, input: dict[str, Any]) -> None:
        self.product, self.operation, self.region, self.input = product, operation, region, input

    def __repr__(self) -> str:
        return f"<MockCall {self.product} {self.operation}>"


class Rule:
    """Rule of a mock for calls of an operation.

    Its answers are given in the order in which they are added. The last one repeats, unless `times` limits it. Every
    attempt of a call takes an answer, so an error that is retried is followed by the next answer.
    """

    __slots__ = ("_core", "_operation")

    def __init__(self, core: _wharf.Rule, operation: str) -> None:
        self._core, self._operation = core, operation

    def matching(self, condition: Callable[[dict[str, Any]], object] | None = None, /, **arguments: Any) -> Self:
        """Answers only calls whose input has these arguments, and for which `condition` returns true.

        Args:
            condition: A function of the input, a dictionary by the names of the arguments. An exception in it is
                reported by `sys.unraisablehook`, and the input does not match.
        """
        if condition is not None:
            self._core.matching(condition)
        if arguments:
            self._core.matching(lambda given: all(given.get(name) == value for name, value in arguments.items()))
        return self

    def then(self, output: Structure | Mapping[str, Any] | None = None, /, **members: Any) -> Self:
        """Adds an output: a structure, a mapping, or its members. Members have the names of Python or of the API.

        If its member for the request id is empty, the response has the id `mock-1` for the first call of the mock, and
        so on.

        Raises:
            InvalidInputError: The output has no such member, or a value has the wrong type.
        """
        if output is not None and members:
            raise invalid("output", "is given as a value and as members")
        self._core.then(members if output is None else output)
        return self

    def then_error(self, failure: Failure) -> Self:
        """Adds a failure: an error of the service, or of the network."""
        self._core.then_error(*failure._parts)
        return self

    def times(self, times: int) -> Self:
        """Limits the answer added last to a number of calls. When they have been made, the next answer is given. After
        the last answer, calls fail with an error that names the operation."""
        self._core.times(times)
        return self

    @property
    def inputs(self) -> list[dict[str, Any]]:
        """The inputs of the calls that this rule has answered."""
        return self._core.inputs()

    def __repr__(self) -> str:
        return f"<Rule {self._operation}>"


class Mock:
    """Answers calls with prepared outputs and errors, for any number of connections.

    A call is answered by the first rule of its operation that accepts the input and has an answer left. A call that no
    rule answers raises `ConfigurationError`, whose message names the operation and the reason.
    """

    __slots__ = ("_core",)

    def __init__(self) -> None:
        self._core = _wharf.Mock()

    def on(self, operation: str, *, product: str | None = None) -> Rule:
        """Adds a rule for calls of an operation, by its name in the API (`DescribeClusters`), and returns it.

        Args:
            operation: Name of the operation. That of another version than the default one begins with the version and
                a colon.
            product: Name of the product. Needed if several products have an operation of that name.

        Raises:
            InvalidInputError: There is no such operation, or several products have it.
        """
        return Rule(self._core.on(operation, product), operation)

    @overload
    def connection(self, product: type[C], **options: Any) -> C: ...
    @overload
    def connection(self, product: str, **options: Any) -> Any: ...
    def connection(self, product: type[C] | str, **options: Any) -> C | Any:
        """Returns a connection whose calls this mock answers, by class (`wharf.tke.Connection`,
        `wharf.tke.AsyncConnection`) or by the product's name.

        Args:
            options: Options of the connection. Without credentials, it has a key without an account.
        """
        made = import_module(f"wharf.{product}").Connection if isinstance(product, str) else product
        if "credentials" not in options and "profile" not in options:
            options["credentials"] = Credentials("mock-key-id", "mock-key-secret")
        return made._over(self, options)

    def calls(self, operation: str | None = None) -> list[MockCall]:
        """Returns the calls so far, oldest first: all of them, or those of an operation."""
        calls = [MockCall(*parts) for parts in self._core.calls()]
        return [call for call in calls if operation is None or call.operation == operation]

    def unused(self) -> list[str]:
        """Returns a description of each rule that has not given all of its answers. An answer without a limit counts if
        it was never given."""
        return self._core.unused()

    def __repr__(self) -> str:
        return f"<Mock with {len(self._core.calls())} calls>"
