"""Clients and classes of a product, created from the descriptions of the extension module."""

from __future__ import annotations

from wharf import _wharf
from wharf._calls import AsyncParts, AsyncWait
from wharf._handles import AsyncHandles, Handles
from wharf._kubernetes import AsyncKubernetes, Kubernetes
from wharf._methods import AsyncMethod, AsyncWaitMethod, Homes, Init, Method, Wait, docstring
from wharf._paging import ItemPage, Page
from wharf._response import Response, SignedRequest
from wharf._structure import Structure
from wharf._values import Credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from inspect import Signature
    from types import TracebackType
    from typing import Any, ClassVar, TypeAlias

    from typing_extensions import Self

    from wharf._values import RetryOptions
    from wharf._wharf import DockerConfig, Facts, Kubeconfig
    from wharf.server import Server
    from wharf.testing import Mock

    # Key, secret, token, and seconds since 1970.
    _Provide: TypeAlias = Callable[[], tuple[str, str, str | None, float | None]]

# The description of a product, kept from the import of its module `types`, which comes first, until the product's own.
_facts: dict[str, Facts] = {}


def fill_types(namespace: dict[str, Any], product: str) -> None:
    """Puts the classes of a product's structures into its module `types`."""
    facts = _facts[product] = _wharf.describe(product)
    module = namespace["__name__"]
    pages = {operation.output: tuple(operation.items) for operation in facts["operations"] if operation.items}
    made = {}
    for name, members in facts["structures"]:
        base: type[Structure] = Structure
        body: dict[str, Any] = dict(__module__=module, __qualname__=name, __doc__=_Docstring(), __slots__=(), _members=members)
        if name in pages:
            # A field that has the name of a method replaces the method.
            base = ItemPage if {"items", "pages"} & members.keys() else Page
            body["_items"] = pages[name]
        made[name] = type(name, (base,), body)
    _wharf.register(product, made)
    namespace.update(made)
    namespace["__all__"] = sorted(made)

    def enumeration(name: str) -> Any:
        found = None
        if not name.startswith("_"):
            from wharf import _docs

            found = _docs.literal(module, name)
        if found is None:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        namespace[name] = found
        return found

    # The enumerations, for annotations, are made on access.
    namespace["__getattr__"] = enumeration


def fill(namespace: dict[str, Any], product: str) -> None:
    """Puts the connections and clients of a product into its module."""
    facts = _facts.pop(product)
    module = namespace["__name__"]
    bodies: dict[str, dict[str, Any]] = {}
    for operation in facts["operations"]:
        bodies.setdefault(operation.client, {})[operation.method] = operation
    for waiter in facts["waiters"]:
        bodies.setdefault(waiter[1], {})[waiter[2]] = waiter
    homes = Homes(bodies)
    options = tuple(facts["options"])
    made: dict[str, type] = {}
    for prefix, connection, client, method, wait in (
        ("", Connection, Client, Method, Wait),
        ("Async", AsyncConnection, AsyncClient, AsyncMethod, AsyncWaitMethod),
    ):
        clients: dict[str, Any] = {}
        operations: dict[str, Any] = {}
        for name, body in sorted(bodies.items()):
            if not name:
                continue
            title = f"{prefix}{name.capitalize()}Client"
            members: dict[str, Any] = {
                key: wait(what, module, title) if isinstance(what, tuple) else method(what, module, title)
                for key, what in body.items()
            }
            # The connection has the operations too, except those of a name that several clients have.
            for key, what in members.items():
                if isinstance(what, Method):
                    operations[key] = None if key in operations else what
            members.update(
                __module__=module, __qualname__=title, __doc__=_Docstring(), __slots__=(), _homes=homes
            )
            made[title] = type(title, (client,), members)
            clients[name] = property(made[title], doc=f"A `{title}`.")
        title = f"{prefix}Connection"
        for key, operation in bodies.get("", {}).items():
            clients[key] = method(operation, module, title)
        for key, what in operations.items():
            if what is not None and key not in clients and not hasattr(connection, key):
                clients[key] = what
        clients.update(__module__=module, __qualname__=title, __doc__=_Docstring(), __slots__=(), _product=product)
        clients.update(_options=options, _homes=homes, __init__=Init(module, title, options, connection.__init__))
        made[title] = type(title, (connection,), clients)
    namespace.update(made)
    namespace["__all__"] = [*sorted(made), "types"]


class _Docstring:
    """Docstring of a class from its stub, read on access."""

    __slots__ = ()

    def __get__(self, instance: object, owner: type) -> str | None:
        return docstring(owner.__module__, owner.__qualname__)


class _Signature:
    """Signature of the class of a connection, made on access."""

    __slots__ = ()

    def __get__(self, instance: object, owner: type[Base]) -> Signature:
        if instance is not None:
            raise AttributeError("__signature__")
        from wharf._signature import of_class

        return of_class(owner.__module__, owner.__qualname__, owner._options)


class _Attributes:
    """Attributes that explain themselves if they do not exist."""

    __slots__ = ()

    _homes: ClassVar[Homes] = Homes({})

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            raise self._homes.missing(type(self), name)


class Client(_Attributes):
    """A group of operations of a product."""

    __slots__ = ("_core",)

    def __init__(self, connection: Connection | AsyncConnection, /) -> None:
        self._core = connection._core


class AsyncClient(Client):
    """A group of operations of a product, for `asyncio`."""

    __slots__ = ()


def _settings(options: dict[str, Any]) -> tuple[dict[str, Any], _Provide | None]:
    """Returns the options as the extension module takes them, and the provider of credentials."""
    credentials = options.get("credentials")
    if isinstance(credentials, Credentials):
        if credentials.expiration is not None:
            del options["credentials"]
            return options, _provider(lambda: credentials)
        parts = {"id": credentials.id, "secret": credentials.secret, "token": credentials.token}
        options["credentials"] = {name: value for name, value in parts.items() if value is not None}
    elif callable(credentials):
        del options["credentials"]
        return options, _provider(credentials)
    return options, None


def _provider(provide: Callable[[], Credentials]) -> _Provide:
    """Returns the credentials of a provider as the extension module takes them."""

    def parts() -> tuple[str, str, str | None, float | None]:
        found = provide()
        if not isinstance(found, Credentials):
            raise TypeError(f"credentials must be wharf.Credentials, not {type(found).__name__}")
        token = None if found.token is None else found.token.expose()
        expiration = None if found.expiration is None else found.expiration.timestamp()
        return found.id, found.secret.expose(), token, expiration

    return parts


class Base(_Attributes):
    """Base of blocking and `asyncio` connections."""

    __slots__ = ("_core",)

    __signature__ = _Signature()

    _product: ClassVar[str]
    _options: ClassVar[tuple[str, ...]]
    _core: _wharf.Connection

    def __init__(self, **options: Any) -> None:
        settings, provide = _settings(options)
        self._core = _wharf.Connection(self._product, settings, None, provide)

    @classmethod
    def _over(cls, server: Server | Mock, options: dict[str, Any]) -> Self:
        """Creates a connection to a server in this process, without a socket, or to a mock."""
        made = object.__new__(cls)
        settings, provide = _settings(options)
        made._core = _wharf.Connection(cls._product, settings, server._core, provide)
        return made

    @property
    def region(self) -> str | None:
        """The default region of calls."""
        return self._core.region

    if TYPE_CHECKING:

        def with_options(
            self,
            *,
            region: str | None = None,
            timeout: float | None = None,
            attempt_timeout: float | None = None,
            retry: RetryOptions | None = None,
        ) -> Self:
            """Returns the same connection with other options for its calls. It shares everything else with this one."""

    else:

        def with_options(self, **options):
            """Returns the same connection with other options for its calls. It shares everything else with this one.

            Args:
                region: The default region of calls.
                timeout: Timeout of a call with all its attempts, in seconds.
                attempt_timeout: Timeout of one attempt, in seconds.
                retry: Retry options.
            """
            made = object.__new__(type(self))
            made._core = self._core.with_options(options)
            return made

    def __repr__(self) -> str:
        state = "closed" if self._core.closed else f"region={self.region!r}"
        return f"<{type(self).__module__}.{type(self).__qualname__} {state}>"


class Connection(Base, Handles):
    """A connection to a product."""

    __slots__ = ()

    def close(self) -> None:
        """Closes the sockets. Running calls end normally; a new call raises `RuntimeError`. Connections of `with_options`
        are closed too. A connection that is not closed keeps idle sockets for a while. `with` closes it."""
        self._core.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.close()

    def call(self, operation: str, arguments: Any = None) -> Any:
        """Calls an operation by its name in the API, with JSON by the API's names, and returns the output as the
        service sent it. Fields that this version does not know are included, and secrets are plain text."""
        return self._core.call(operation, arguments)

    def call_with_response(self, operation: str, arguments: Any = None) -> Response[Any]:
        """Calls as `call` does, and returns the response with request id, status, headers and attempts; `output` is the
        output."""
        return Response(*self._core.call_with_response(operation, arguments))

    def call_unlisted(self, version: str, action: str, arguments: Any = None) -> Response[Any]:
        """Calls an operation that this package does not know, for example a newer one. The request is signed and sent.
        It is never retried after it may have reached the service.

        Args:
            version: Version of the API (`2018-05-25`).
            action: For APIs with named operations, the name (`DescribeThings`), after the label of another host and a
                slash if the operation has one (`ccr/DescribeThings`). For APIs with paths, method and path (`GET
                /v1/things/thing-1`), after the operation's name if the service requires it (`DescribeThings GET
                /v1/things`).
            arguments: The parameters by the API's names. For APIs with paths `query`, a `dict`, and `body`, any JSON.
        """
        return Response(*self._core.call_unlisted(version, action, arguments))

    def sign(self, operation: str, arguments: Any = None) -> SignedRequest:
        """Signs a request of an operation, by the API's names, without sending it. The signature is valid for as long
        as the service accepts its time, usually a few minutes."""
        return SignedRequest(*self._core.sign(operation, arguments))

    def presign(self, operation: str, arguments: Any = None) -> str:
        """Signs a request of an operation as a URL, to be sent with GET and without headers. It is valid as long as a
        request of `sign`, and contains the same secrets. Raises `UnsupportedError` if the product's signature travels
        in headers."""
        return self._core.presign(operation, arguments)

    def kubernetes(self, cluster: str) -> Kubernetes:
        """Returns the Kubernetes API of a cluster, of TKE, CCE and ACK. `cluster` is its identifier."""
        return Kubernetes(self._core, cluster)

    def kubeconfig(self, cluster: str, *, address: str | None = None, lifetime: float | None = None) -> Kubeconfig:
        """Fetches the kubeconfig of a cluster, of TKE, CCE and ACK.

        Args:
            cluster: The identifier of the cluster.
            address: `internal` or `external`.
            lifetime: The lifetime in seconds, for ACK, and for CCE in public clouds.
        """
        return self._core.kubeconfig(cluster, address, lifetime)

    def docker_config(self, registry: str, *, server: str | None = None, username: str | None = None) -> DockerConfig:
        """Issues a temporary password of an enterprise-edition instance of TCR, and returns its login.

        Args:
            registry: The identifier of the instance.
            server: Another host of the instance. By default its public domain.
            username: The user name. By default the one in the response, which private clouds do not return: there it
                is the identifier of the account.
        """
        return self._core.docker_config(registry, server, username)


class AsyncConnection(Base, AsyncHandles):
    """A connection to a product, for `asyncio`."""

    __slots__ = ()

    async def close(self) -> None:
        """Closes the sockets. Running calls end normally; a new call raises `RuntimeError`. Connections of `with_options`
        are closed too. A connection that is not closed keeps idle sockets for a while. `async with` closes it."""
        self._core.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        await self.close()

    def call(self, operation: str, arguments: Any = None) -> AsyncWait[Any]:
        """Calls an operation by its name in the API, with JSON by the API's names, and returns the output as the
        service sent it. Fields that this version does not know are included, and secrets are plain text."""
        return AsyncWait(lambda: self._core.call_async(operation, arguments))

    def call_with_response(self, operation: str, arguments: Any = None) -> AsyncWait[Response[Any]]:
        """Calls as `call` does, and returns the response with request id, status, headers and attempts; `output` is the
        output."""
        return AsyncParts(Response, lambda: self._core.call_with_response_async(operation, arguments))

    def call_unlisted(self, version: str, action: str, arguments: Any = None) -> AsyncWait[Response[Any]]:
        """Calls an operation that this package does not know, for example a newer one. The request is signed and sent.
        It is never retried after it may have reached the service.

        Args:
            version: Version of the API (`2018-05-25`).
            action: For APIs with named operations, the name (`DescribeThings`), after the label of another host and a
                slash if the operation has one (`ccr/DescribeThings`). For APIs with paths, method and path (`GET
                /v1/things/thing-1`), after the operation's name if the service requires it (`DescribeThings GET
                /v1/things`).
            arguments: The parameters by the API's names. For APIs with paths `query`, a `dict`, and `body`, any JSON.
        """
        return AsyncParts(Response, lambda: self._core.call_unlisted_async(version, action, arguments))

    def sign(self, operation: str, arguments: Any = None) -> AsyncWait[SignedRequest]:
        """Signs a request of an operation, by the API's names, without sending it. The signature is valid for as long
        as the service accepts its time, usually a few minutes."""
        return AsyncParts(SignedRequest, lambda: self._core.sign_async(operation, arguments))

    def presign(self, operation: str, arguments: Any = None) -> AsyncWait[str]:
        """Signs a request of an operation as a URL, to be sent with GET and without headers. It is valid as long as a
        request of `sign`, and contains the same secrets. Raises `UnsupportedError` if the product's signature travels
        in headers."""
        return AsyncWait(lambda: self._core.presign_async(operation, arguments))

    def kubernetes(self, cluster: str) -> AsyncKubernetes:
        """Returns the Kubernetes API of a cluster, of TKE, CCE and ACK. `cluster` is its identifier."""
        return AsyncKubernetes(self._core, cluster)

    def kubeconfig(
        self, cluster: str, *, address: str | None = None, lifetime: float | None = None
    ) -> AsyncWait[Kubeconfig]:
        """Fetches the kubeconfig of a cluster, of TKE, CCE and ACK.

        Args:
            cluster: The identifier of the cluster.
            address: `internal` or `external`.
            lifetime: The lifetime in seconds, for ACK, and for CCE in public clouds.
        """
        return AsyncWait(lambda: self._core.kubeconfig_async(cluster, address, lifetime))

    def docker_config(
        self, registry: str, *, server: str | None = None, username: str | None = None
    ) -> AsyncWait[DockerConfig]:
        """Issues a temporary password of an enterprise-edition instance of TCR, and returns its login.

        Args:
            registry: The identifier of the instance.
            server: Another host of the instance. By default its public domain.
            username: The user name. By default the one in the response, which private clouds do not return: there it
                is the identifier of the account.
        """
        return AsyncWait(lambda: self._core.docker_config_async(registry, server, username))
