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

import json
from datetime import datetime, timedelta, timezone
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, overload

from wharf import _wharf
from wharf._errors import Error, invalid
from wharf._faults import Faults
from wharf._values import Credentials
from wharf._wharf import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
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
    path: str
    """Path and query, as they were sent."""
    signature_method: str
    """Signature method."""
    verdict: str
    """Result of the check of the signature, token or certificate: `good`, `wrong`, `unknown_key`, `expired`, `replayed`,
    `wrong_token`, `malformed`, `missing`, `not_needed` for an operation that is open to everyone, or `unchecked` for a
    request that was refused before."""
    account: str | None
    """The account, if the signature is valid."""
    caller: str | None
    """The key that the request names. If the signature is valid and of a sub-account or user, its name."""
    region: str
    """The region that it names; empty if it names none."""
    status: int | None
    """HTTP status of the response; `None` if the connection was cut."""
    outcome: Literal["open", "succeeded", "refused", "cut"]
    """How the request ended; `open` while it is being handled."""
    code: str | None
    """Error code of the response; `None` if the call succeeded."""
    request_id: str
    """Request id of the response."""
    duration: float | None
    """Time from the head of the request to the response, in seconds of real time; `None` if there is no response."""
    parameters: dict[str, Any]
    """The parameters by the API's names, if they are valid; the values of sensitive ones are hidden."""
    headers: dict[str, str]
    """The relevant headers, names in lower case, without signature and token."""
    bytes: int
    """Bytes of path, query and body."""
    size: int
    """Bytes of the body of the response; 0 for a stream."""
    acted: bool
    """Whether the world was called: false for requests that were refused before."""
    fault: str | None
    """The fault that was applied."""
    cause: str | None
    """Reason why the signature was refused, in one sentence."""
    diagnosis: str | None
    """The cause, with the texts that server and client signed and their first difference."""

    _plain_members: ClassVar[tuple[str, ...]] = (
        "sequence",
        "time",
        "product",
        "operation",
        "method",
        "path",
        "signature_method",
        "verdict",
        "account",
        "caller",
        "region",
        "status",
        "outcome",
        "code",
        "request_id",
        "duration",
        "parameters",
        "headers",
        "bytes",
        "size",
        "acted",
        "fault",
        "cause",
        "diagnosis",
    )

    def __init__(self, members: dict[str, Any]) -> None:
        members["time"] = _time(members["time"])
        self.__dict__.update(members)

    def __repr__(self) -> str:
        return f"<Call {self.sequence} {self.operation} {self.code or self.status}>"


class Server:
    """The reference server, running until it is stopped. A context manager that stops it.

    It is also its first cloud. `new_cloud` returns further ones, which share the endpoint and nothing else: a call belongs to
    the cloud whose key it names.
    """

    __slots__ = ("_core", "_facts", "_rate_limits", "_socket", "faults")

    faults: Faults
    """The faults."""

    def __init__(self, core: _wharf.Server, socket: bool, rate_limits: bool) -> None:
        self._core, self._socket, self._rate_limits = core, socket, rate_limits
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
    def account(self) -> str:
        """The account of those credentials."""
        return str(self._facts["account"])

    @property
    def role_arn(self) -> str:
        """The role that the account may assume at Alibaba's STS."""
        return str(self._facts["role_arn"])

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
        `wharf.tke.AsyncConnection`) or by the product's name. `options` add to and replace the server's options.
        `client_rate_limit` is off if the server has no rate limits."""
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

    def new_cloud(
        self,
        *,
        region: str | None = None,
        credentials: Credentials | None = None,
        time: Literal["real", "manual"] | int | None = None,
        start_of_time: datetime | None = None,
        rate_limits: bool | None = None,
    ) -> Server:
        """Returns a further cloud of this server with fresh keys, an empty world and its own clock, faults and calls.

        `stop` ends it. Without an argument, region, time and rate limits are those of the first cloud, and world time begins
        now.
        """
        if start_of_time is not None and start_of_time.tzinfo is None:
            raise invalid("start_of_time", "is a datetime without a time zone")
        core = self._core.new_cloud(
            region=region,
            credentials=None if credentials is None else _key(credentials),
            time=None if time is None else _factor(time),
            start_of_time=None if start_of_time is None else start_of_time.timestamp(),
            rate_limits=rate_limits,
        )
        return Server(core, self._socket, self._rate_limits if rate_limits is None else rate_limits)

    def set_time(self, time: Literal["real", "manual"] | int) -> None:
        """Sets how world time passes: in real time, only by `advance`, or so many times faster than real time."""
        self._core.set_time(_factor(time))

    def state(self) -> dict[str, Any]:
        """Returns what there is in the cloud: clusters, nodes, pods, pools, registries, work and planned events.

        The control API describes it, at `/_wharf/openapi.json`.
        """
        return self._core.state()

    def save(self) -> str:
        """Returns the whole cloud as the text of a file, which contains the secrets of its keys."""
        return self._core.save()

    def load(self, text: str) -> None:
        """Replaces the whole cloud by one that `save` returned. Its first key stays valid, for the file's first account."""
        self._core.load(text)

    def reset(self) -> None:
        """Empties the cloud. World time and the keys of the start stay."""
        self._core.reset()

    def mishap(self, kind: str, **members: Any) -> list[str]:
        """Lets something go wrong in the world, or puts it right, and returns what it happened to.

        Kinds and members are those of the control API: `mishap("node_breaks", node="ins-1a2b3c4d", fault="kubelet")`,
        `mishap("sold_out", product="tke", zone="ap-guangzhou-2")`.
        """
        return self._core.mishap({**members, "kind": kind})

    def accounts(self) -> list[dict[str, Any]]:
        """Returns the accounts with their keys and sub-accounts, without secrets."""
        return self._core.accounts()

    def add_key(self, account: str | None = None, credentials: Credentials | None = None) -> Credentials:
        """Adds a key to an account, which may be new, and returns it. Without credentials the key is a fresh one."""
        return Credentials(*self._core.add_key(account, None if credentials is None else _key(credentials)))

    def add_sub_account(
        self,
        name: str,
        credentials: Credentials,
        policies: Iterable[tuple[Literal["tencent", "huawei", "alibaba"], Mapping[str, Any]]] = (),
        *,
        account: str | None = None,
        uin: str | None = None,
        password: str | None = None,
    ) -> None:
        """Adds a sub-account, which may do what its policies allow: pairs of a vendor and a policy in its form."""
        texts = [(str(vendor), json.dumps(policy)) for vendor, policy in policies]
        self._core.add_sub_account(name, _key(credentials), texts, account=account, uin=uin, password=password)

    def remove_key(self, id: str) -> None:
        """Removes a key, and the sub-account that it belongs to."""
        self._core.remove_key(id)

    def add_image(self, repository: str, tag: str, *, registry: str | None = None, size: int | None = None) -> str:
        """Registers an image without a push, and returns its digest. Without a registry instance it is one of the personal
        edition, whose namespace and repository are created."""
        return self._core.add_image(repository, tag, registry, size)

    def images(self) -> list[dict[str, Any]]:
        """Returns the images of all registries."""
        return self._core.images()

    def stop(self) -> None:
        """Closes the socket and waits for running calls to end. Ends a cloud of `new_cloud`, and only that."""
        self._core.stop()

    def _module(self, product: str) -> Any:
        if product not in self.products:
            raise invalid("product", f"must be one of {', '.join(self.products)}")
        return import_module(f"wharf.{product}")

    def _connect(self, connection: Any, options: dict[str, Any]) -> Any:
        # Without limits in the cloud, a client that keeps them would only slow tests down.
        limits = {} if self._rate_limits else {"client_rate_limit": False}
        options = {**self.options(connection._product), **limits, **options}
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
    control_token: str | None = None,
    world: str | None = None,
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
        control_token: The control API below `/_wharf/` answers those who have this token. By default it answers on the
            loopback interface only.
        world: The cloud to start with, as `Server.save` returned it. By default an empty one.
    """
    factor = _factor(time)
    if start_of_time is not None and start_of_time.tzinfo is None:
        raise invalid("start_of_time", "is a datetime without a time zone")
    core = _wharf.Server(
        region=region,
        credentials=_keys(credentials),
        manual=factor == 0,
        speed=factor if factor > 1 else None,
        start_of_time=None if start_of_time is None else start_of_time.timestamp(),
        listen=listen,
        socket=socket,
        tls=tls,
        tls_names=list(tls_names),
        rate_limits=rate_limits,
        explain_signatures=explain_signatures,
        control_token=control_token,
        world=world,
    )
    return Server(core, socket, rate_limits)


def _factor(time: Literal["real", "manual"] | int) -> int:
    """Returns how many times faster than real time it passes; 0 for not at all."""
    if time == "real":
        return 1
    if time == "manual":
        return 0
    if isinstance(time, int) and not isinstance(time, bool) and 0 < time <= 1_000_000:
        return time
    raise invalid("time", "must be 'real', 'manual' or a whole number from 1 to 1000000")


def _key(key: Credentials) -> tuple[str, str, str | None]:
    return key.id, key.secret.expose(), None if key.token is None else key.token.expose()


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
    return [(*_key(key), account) for key, account in pairs]


def _time(seconds: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)
