"""The reference server in this process.

    import wharf

    with wharf.server.start(time="manual") as server:
        tke = server.connection("tke")
        tke.clusters.create_cluster(cluster_type="MANAGED_CLUSTER", ...)
        server.advance(600)

It implements the services' wire protocols, checks signatures and inputs as their documents state, and simulates a cloud
whose time the program controls. `pytest` has the fixture `wharf_server`.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from wharf import _wharf
from wharf._errors import Error, invalid
from wharf._values import Credentials
from wharf._wharf import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType

    from typing_extensions import Self

    from wharf import _product

C = TypeVar("C", bound="_product.Base")

__all__ = ["Call", "Faults", "Refusal", "Server", "User", "start"]


class Refusal(Error):
    """Raised by a function that responds instead of the server: the call is refused with this code."""

    def __init__(self, code: str, message: str = "", /) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code, self.message = code, message

    def __reduce__(self) -> tuple[type[Refusal], tuple[str, str]]:
        return Refusal, (self.code or "", self.message)


class User:
    """A user who can log in to the identity service by name and password."""

    __slots__ = ("domain", "name", "password")

    name: str
    """Name of the user."""
    password: Secret
    """The password."""
    domain: str
    """The account, called domain by the service."""

    def __init__(self, name: str, password: str, domain: str) -> None:
        self.name, self.password, self.domain = name, Secret(password), domain

    def __repr__(self) -> str:
        return f"User(name={self.name!r}, password=[hidden], domain={self.domain!r})"


class Call:
    """A request that reached the server, and its response. Contains no secret."""

    sequence: int
    """Position among all requests, counted from 0."""
    time: datetime
    """Time of arrival, by the server's clock."""
    product: str | None
    """The product, if it is known."""
    operation: str
    """The operation that it names; empty if it names none."""
    method: str
    """HTTP method."""
    signature_method: str
    """Signature method."""
    account: str | None
    """The account, if the signature is valid."""
    region: str
    """The region that it names; empty if it names none."""
    status: int | None
    """HTTP status of the response; `None` if the connection was cut."""
    code: str | None
    """Error code of the response; `None` if the call succeeded."""
    request_id: str
    """Request id of the response."""
    parameters: dict[str, Any]
    """The parameters by the API's names, if they are valid; the values of sensitive ones are hidden."""
    headers: dict[str, str]
    """The relevant headers, names in lower case, without signature and token."""
    bytes: int
    """Bytes of path, query and body."""
    acted: bool
    """Whether the world was called: false for requests that were refused before."""
    fault: str | None
    """The fault that was applied."""
    diagnosis: str | None
    """Reason why the signature was refused."""

    def __init__(self, members: dict[str, Any]) -> None:
        members["time"] = _time(members["time"])
        self.__dict__.update(members)

    def __repr__(self) -> str:
        return f"<Call {self.sequence} {self.operation} {self.code or self.status}>"


class Faults:
    """Faults for tests.

    Each method adds a fault. It applies to every call, or only to the calls that its arguments select: of a `product`,
    an `operation` or an `account`, at most `times` calls, after the first `after` ones. Of the faults on the wire one
    applies per call, in the order in which they were added; delays, replaced outputs and wrong totals apply
    additionally. At most 1,000 faults are pending; one more removes the oldest.
    """

    __slots__ = ("_core",)

    def __init__(self, core: _wharf.Server) -> None:
        self._core = core

    def throttle(
        self,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Refuses the call because of too many calls, with the code that the product documents for that."""
        self._add("throttle", None, None, product, operation, account, times, after)

    def refuse(
        self,
        code: str,
        message: str = "",
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Refuses the call with this code; the world does not act."""
        self._add("refuse", code, message, product, operation, account, times, after)

    def http_status(
        self,
        status: int,
        retry_after: int | None = None,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Responds with an HTTP status and a page of text, as a proxy would; the world does not act."""
        self._add("http_status", status, retry_after, product, operation, account, times, after)

    def cut_before(
        self,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Cuts the connection before the body is read; the world does not act."""
        self._add("cut_before", None, None, product, operation, account, times, after)

    def cut_after(
        self,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Cuts the connection after the world has acted: the response is lost."""
        self._add("cut_after", None, None, product, operation, account, times, after)

    def garbage(
        self,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Lets the world act, and responds with text that is not JSON."""
        self._add("garbage", None, None, product, operation, account, times, after)

    def empty(
        self,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Lets the world act, and responds without a body."""
        self._add("empty", None, None, product, operation, account, times, after)

    def content_type(
        self,
        content_type: str = "text/html",
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Lets the world act, and responds with this content type instead of its own."""
        self._add("content_type", content_type, None, product, operation, account, times, after)

    def compressed(
        self,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Lets the world act, and compresses the response with gzip, whether the request accepts that or not."""
        self._add("compressed", None, None, product, operation, account, times, after)

    def drip(
        self,
        bytes: int = 1,
        pause: float = 0.1,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Lets the world act, and sends the body slowly: so many bytes at a time, and a pause in seconds between them."""
        self._add("drip", bytes, pause, product, operation, account, times, after)

    def expired_token(
        self,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Refuses calls with a token, because it has expired: of temporary credentials or of the identity service."""
        self._add("expired_token", None, None, product, operation, account, times, after)

    def truncate(
        self,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Lets the world act, and cuts the connection in the middle of the response."""
        self._add("truncate", None, None, product, operation, account, times, after)

    def delay(
        self,
        seconds: float,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Lets the world act, and delays the response."""
        self._add("delay", seconds, None, product, operation, account, times, after)

    def total(
        self,
        total: int,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Responds with this number as the total of items."""
        self._add("total", total, None, product, operation, account, times, after)

    def answer(
        self,
        answer: Mapping[str, Any] | Callable[[dict[str, Any]], Mapping[str, Any]],
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Replaces the output of the world, by the API's names and without a request id: a `dict`, or a function that
        gets the parameters and returns one. The function may raise `Refusal`."""
        self._add("answer", answer, None, product, operation, account, times, after)

    def clear(self) -> None:
        """Removes all faults and resets the clock."""
        self._core.clear_faults()

    @property
    def waiting(self) -> int:
        """Returns the number of waiting faults; a fault without `times` waits forever."""
        return self._core.waiting_faults()

    def skew_clock(self, seconds: int) -> None:
        """Sets the server's clock for signature checks wrong by this number of seconds."""
        self._core.skew_clock(seconds)

    def _add(
        self,
        kind: str,
        value: object,
        second: object,
        product: str | None,
        operation: str | None,
        account: str | None,
        times: int | None,
        after: int | None,
    ) -> None:
        self._core.add_fault(
            kind, value, second, product=product, operation=operation, account=account, times=times, after=after
        )


class Server:
    """The reference server, running until it is stopped. A context manager that stops it."""

    __slots__ = ("_core", "_facts", "_socket", "faults")

    faults: Faults
    """The faults."""

    def __init__(self, core: _wharf.Server, socket: bool) -> None:
        self._core, self._socket = core, socket
        self._facts = core.facts()
        self.faults = Faults(core)

    @property
    def endpoint(self) -> str:
        """Endpoint of every product (`http://127.0.0.1:4000`). A server without a socket has an endpoint too; only
        `connection` and `async_connection` reach it."""
        return str(self._facts["endpoint"])

    @property
    def products(self) -> list[str]:
        """Names of its products."""
        return list(self._facts["products"])

    @property
    def region(self) -> str:
        """The default region."""
        return str(self._facts["region"])

    @property
    def regions(self) -> list[str]:
        """The accepted regions."""
        return list(self._facts["regions"])

    @property
    def credentials(self) -> Credentials:
        """The first of the accepted credentials."""
        return Credentials(self._facts["id"], self._facts["secret"], self._facts["token"])

    @property
    def project_id(self) -> str:
        """The project of those credentials in the default region, as Huawei's products call it."""
        return str(self._facts["project_id"])

    @property
    def user(self) -> User:
        """The user who can log in to the identity service."""
        return User(*self._facts["user"])

    @property
    def root_certificate(self) -> str | None:
        """The certificate of the certificate authority in PEM, if the server uses TLS."""
        found: str | None = self._facts["root_certificate"]
        return found

    def options(self, product: str) -> dict[str, Any]:
        """Returns the options of a connection to a product of this server."""
        options: dict[str, Any] = {
            "region": self.region,
            "endpoint": self.endpoint,
            "credentials": self.credentials,
            "root_certificate": self.root_certificate,
            "project_id": self.project_id,
        }
        known = self._module(product).Connection._options
        return {name: value for name, value in options.items() if value is not None and name in known}

    @overload
    def connection(self, product: type[C], **options: Any) -> C: ...
    @overload
    def connection(self, product: str, **options: Any) -> Any: ...
    def connection(self, product: type[C] | str, **options: Any) -> C | Any:
        """Returns a connection to a product of this server, by class (`wharf.tke.Connection`,
        `wharf.tke.AsyncConnection`) or by the product's name. `options` add to and replace the server's options."""
        if isinstance(product, str):
            return self._connect(self._module(product).Connection, options)
        return self._connect(product, options)

    def async_connection(self, product: str, **options: Any) -> Any:
        """Returns a connection for `asyncio`, by the product's name."""
        return self._connect(self._module(product).AsyncConnection, options)

    def advance(self, by: float | timedelta) -> None:
        """Advances world time by seconds, in every mode of time, and runs the events that are due."""
        self._core.advance(by.total_seconds() if isinstance(by, timedelta) else by)

    def now(self) -> datetime:
        """Returns world time."""
        return _time(self._core.now())

    def calls(self, operation: str | None = None) -> list[Call]:
        """Returns the requests that arrived, oldest first: all of them, or those of an operation."""
        calls = [Call(members) for members in self._core.journal()]
        return [call for call in calls if operation is None or call.operation == operation]

    def clear_calls(self) -> None:
        """Deletes the recorded requests."""
        self._core.clear_journal()

    def expire_tokens(self) -> None:
        """Expires all tokens of the identity service."""
        self._core.expire_tokens()

    def fail_next(
        self, undertaking: Literal["cluster_creation", "cluster_deletion", "node_creation"], reason: str
    ) -> None:
        """Makes the next work of a kind fail, for any caller. Only work that has a job can fail."""
        self._core.fail_next(undertaking, reason)

    def stop(self) -> None:
        """Closes the socket and waits for running calls to end."""
        self._core.stop()

    def _module(self, product: str) -> Any:
        if product not in self.products:
            raise invalid("product", f"must be one of {', '.join(self.products)}")
        return import_module(f"wharf.{product}")

    def _connect(self, connection: Any, options: dict[str, Any]) -> Any:
        options = {**self.options(connection._product), **options}
        return connection(**options) if self._socket else connection._over(self, options)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<wharf.server.Server {self.endpoint}>"


def start(
    *,
    region: str | None = None,
    credentials: Credentials | Iterable[Credentials] | Mapping[str, Credentials] | None = None,
    time: Literal["real", "manual"] | int = "real",
    start_of_time: datetime | None = None,
    listen: str | None = None,
    socket: bool = True,
    tls: bool = False,
    tls_names: Iterable[str] = (),
    rate_limits: bool = True,
    explain_signatures: bool = False,
) -> Server:
    """Starts a server on a free port of the loopback interface.

    Args:
        region: The default region, accepted in addition to the usual ones. By default `ap-guangzhou`.
        credentials: The accepted credentials. A mapping sets the account of each key; accounts do not see each other's
            resources. By default the server creates a key.
        time: World time: real time, only by `advance`, or so many times faster than real time.
        start_of_time: Start of world time. By default now.
        listen: Address to listen on (`127.0.0.1:8080`).
        socket: Without a socket, only `connection` and `async_connection` of the server reach it, and no bytes travel.
        tls: Use TLS, with a certificate authority created at the start.
        tls_names: Further names or addresses of the certificate.
        rate_limits: Whether the documented rate limits apply, measured in real time.
        explain_signatures: Whether the error for a wrong signature contains the signed text.
    """
    if not (time in ("real", "manual") or (isinstance(time, int) and not isinstance(time, bool) and time > 0)):
        raise invalid("time", "must be 'real', 'manual' or a whole number above 0")
    if start_of_time is not None and start_of_time.tzinfo is None:
        raise invalid("start_of_time", "is a datetime without a time zone")
    core = _wharf.Server(
        region=region,
        credentials=_keys(credentials),
        manual=time == "manual",
        speed=time if isinstance(time, int) else None,
        start_of_time=None if start_of_time is None else start_of_time.timestamp(),
        listen=listen,
        socket=socket,
        tls=tls,
        tls_names=list(tls_names),
        rate_limits=rate_limits,
        explain_signatures=explain_signatures,
    )
    return Server(core, socket)


def _keys(
    credentials: Credentials | Iterable[Credentials] | Mapping[str, Credentials] | None,
) -> list[tuple[str, str, str | None, str | None]]:
    if credentials is None:
        return []
    if isinstance(credentials, Credentials):
        credentials = [credentials]
    if isinstance(credentials, dict):
        pairs = [(key, account) for account, key in credentials.items()]
    else:
        pairs = [(key, None) for key in credentials]
    return [
        (key.id, key.secret.expose(), None if key.token is None else key.token.expose(), account)
        for key, account in pairs
    ]


def _time(seconds: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)
