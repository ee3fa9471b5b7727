"""The extension module. Internal."""

from collections.abc import Callable
from asyncio import Future
from os import PathLike
from typing import Any, Final, TypeAlias, TypedDict, final, type_check_only

__all__ = [
    "Call",
    "Connection",
    "JsonText",
    "DockerConfig",
    "Kubeconfig",
    "Mock",
    "Operation",
    "Pager",
    "Pending",
    "Received",
    "Rule",
    "Secret",
    "Server",
    "__version__",
    "describe",
    "helpers",
    "products",
    "register",
    "seconds_since_1970",
    "shut_down",
    "value",
]

__version__: Final[str]

# Name, client, method, docstring, arguments with their kinds, and the class of the result.
_Waiter: TypeAlias = tuple[str, str, str, str, list[tuple[str, str]], str]

@type_check_only
class Facts(TypedDict):
    operations: list[Operation]
    structures: list[tuple[str, dict[str, tuple[str, bool, bool]]]]
    waiters: list[_Waiter]
    options: list[str]

def products() -> list[str]: ...
def describe(product: str) -> Facts: ...
def register(product: str, made: dict[str, Any]) -> None: ...
def seconds_since_1970(text: str, ahead: int, /) -> float | None: ...
def helpers(product: str) -> list[tuple[str, bool]]: ...
def value(product: str, helper: str, arguments: dict[str, Any]) -> Any: ...
def shut_down() -> None: ...
@final
class Secret:
    """A password, a key, a token or a kubeconfig. Never shown by `repr`, `str` or formatting."""

    def __new__(cls, value: str, /) -> Secret: ...
    def expose(self) -> str:
        """Returns the plaintext. Never log or print it."""

    def __bool__(self) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __getnewargs__(self) -> tuple[str]: ...

@final
class JsonText:
    """A JSON document inside a string. Such documents may contain passwords and start-up scripts, so it is never shown
    either."""

    def __new__(cls, text: str, /) -> JsonText: ...
    @property
    def text(self) -> str:
        """The document as it was sent."""

    def parse(self) -> Any:
        """Parses the document. Raises `ValueError` when the text is not JSON."""

    def __bool__(self) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __getnewargs__(self) -> tuple[str]: ...

@final
class Operation:
    @property
    def name(self) -> str: ...
    @property
    def client(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def items(self) -> list[str] | None: ...
    @property
    def output(self) -> str: ...
    @property
    def arguments(self) -> list[tuple[str, bool]]: ...

@final
class Pending:
    @property
    def future(self) -> Future[Any]: ...
    def cancel(self) -> None: ...

@final
class Pager:
    @property
    def begin(self) -> int: ...
    @property
    def offset(self) -> int: ...
    def copy(self) -> Pager: ...
    def next(self) -> Any: ...
    def next_async(self) -> Pending: ...

@final
class Received:
    @property
    def request_id(self) -> str | None: ...
    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> dict[str, str]: ...
    @property
    def attempts(self) -> list[tuple[str, str | None, str | None, int | None, float]]: ...
    @property
    def problems(self) -> list[str]: ...

@final
class Call:
    def start(self) -> Pending: ...
    def pages(self) -> Pager: ...

@final
class Connection:
    def __new__(
        cls,
        product: str,
        settings: dict[str, Any],
        server: Server | Mock | None = None,
        provide: Callable[[], tuple[str, str, str | None, float | None]] | None = None,
    ) -> Connection: ...
    def close(self) -> None: ...
    @property
    def closed(self) -> bool: ...
    @property
    def region(self) -> str | None: ...
    def with_options(self, options: dict[str, Any]) -> Connection: ...
    def execute(self, operation: Operation, arguments: dict[str, Any]) -> tuple[Any, Pager | None]: ...
    def prepare(self, operation: Operation, arguments: dict[str, Any]) -> Call: ...
    def call(self, operation: str, arguments: Any) -> Any: ...
    def call_async(self, operation: str, arguments: Any) -> Pending: ...
    def call_with_response(self, operation: str, arguments: Any) -> tuple[Any, Received]: ...
    def call_with_response_async(self, operation: str, arguments: Any) -> Pending: ...
    def call_unlisted(self, version: str, action: str, arguments: Any) -> tuple[Any, Received]: ...
    def call_unlisted_async(self, version: str, action: str, arguments: Any) -> Pending: ...
    def sign(self, operation: str, arguments: Any) -> tuple[str, str, dict[str, str], bytes]: ...
    def sign_async(self, operation: str, arguments: Any) -> Pending: ...
    def presign(self, operation: str, arguments: Any) -> str: ...
    def presign_async(self, operation: str, arguments: Any) -> Pending: ...
    def kubernetes(
        self,
        cluster: str,
        method: str,
        path: str,
        body: bytes | None,
        types: tuple[str | None, str | None],
    ) -> tuple[int, dict[str, str], bytes]: ...
    def kubernetes_async(
        self,
        cluster: str,
        method: str,
        path: str,
        body: bytes | None,
        types: tuple[str | None, str | None],
    ) -> Pending: ...
    def kubeconfig(self, cluster: str, address: str | None = None, lifetime: float | None = None) -> Kubeconfig: ...
    def kubeconfig_async(self, cluster: str, address: str | None = None, lifetime: float | None = None) -> Pending: ...
    def docker_config(self, registry: str, server: str | None = None, username: str | None = None) -> DockerConfig: ...
    def docker_config_async(
        self, registry: str, server: str | None = None, username: str | None = None
    ) -> Pending: ...
    def wait(self, waiter: str, arguments: dict[str, Any], on_progress: Any = None) -> Any: ...
    def wait_async(self, waiter: str, arguments: dict[str, Any], on_progress: Any = None) -> Pending: ...

@final
class Kubeconfig:
    """A kubeconfig. `repr` shows the names of its contexts alone."""

    def __new__(cls, text: str) -> Kubeconfig: ...
    def expose(self) -> str:
        """Returns the file as YAML, with its secrets. Never log or print it."""

    @property
    def expires(self) -> float | None:
        """When the access ends, in seconds since 1970, if that is known."""

    @property
    def contexts(self) -> list[str]:
        """The names of the contexts."""

    @property
    def current_context(self) -> str | None:
        """The name of the current context."""

    @property
    def server(self) -> str | None:
        """The address of the API server of the current context."""

    def with_context(self, name: str) -> Kubeconfig:
        """Returns a copy with another current context."""

    def with_namespace(self, namespace: str) -> Kubeconfig:
        """Returns a copy with a namespace in the current context."""

    def with_prefix(self, prefix: str) -> Kubeconfig:
        """Returns a copy with a prefix and a hyphen before all names."""

    def with_exec(self, command: str, arguments: list[str]) -> Kubeconfig:
        """Returns a copy whose users are a program that prints credentials."""

    def write_to(self, path: str | PathLike[str]) -> None:
        """Writes the file for its owner alone, and replaces an existing one at once."""

    def merge_into(self, path: str | PathLike[str], switch: bool = False) -> None:
        """Adds the entries to a kubeconfig file, and keeps all others. `switch` makes the current context that of the
        file. Raises `ConflictError` if another entry has the same name."""

@final
class DockerConfig:
    """The login of an image registry. `repr` does not show the password."""

    def __new__(cls, server: str, username: str, password: Secret) -> DockerConfig: ...
    @property
    def server(self) -> str:
        """The host of the registry."""

    @property
    def username(self) -> str:
        """The user name."""

    @property
    def password(self) -> Secret:
        """The password."""

    @property
    def expires(self) -> float | None:
        """When the password expires, in seconds since 1970, if that is known."""

    def expose(self) -> str:
        """Returns the text of a `config.json` of Docker, with the password. Never log or print it."""

    def image_pull_secret(self, name: str) -> dict[str, Any]:
        """Returns a secret of Kubernetes for `imagePullSecrets`, with the password."""

    def merge_into(self, path: str | PathLike[str]) -> None:
        """Adds the login to a `config.json` of Docker, and keeps everything else in it."""

@final
class Mock:
    def __new__(cls) -> Mock: ...
    def on(self, operation: str, product: str | None = None) -> Rule: ...
    def calls(self) -> list[tuple[str, str, str | None, dict[str, Any]]]: ...
    def unused(self) -> list[str]: ...

@final
class Rule:
    def matching(self, condition: Callable[[dict[str, Any]], object]) -> None: ...
    def then(self, output: object) -> None: ...
    def then_error(self, kind: str, code: str | None, message: str, status: int | None) -> None: ...
    def times(self, times: int) -> None: ...
    def inputs(self) -> list[dict[str, Any]]: ...

@final
class Server:
    def __new__(
        cls,
        *,
        region: str | None,
        credentials: list[tuple[str, str, str | None, str | None]],
        manual: bool,
        speed: int | None,
        start_of_time: float | None,
        listen: str | None,
        socket: bool,
        tls: bool,
        tls_names: list[str],
        rate_limits: bool,
        explain_signatures: bool,
        control_token: str | None,
        world: str | None,
    ) -> Server: ...
    def stop(self) -> None: ...
    def facts(self) -> dict[str, Any]: ...
    def advance(self, seconds: float) -> None: ...
    def now(self) -> float: ...
    def expire_tokens(self) -> None: ...
    def fail_next(self, undertaking: str, reason: str) -> None: ...
    def add_fault(
        self,
        kind: str,
        value: object,
        second: object = None,
        *,
        product: str | None = None,
        operation: str | None = None,
        account: str | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None: ...
    def clear_faults(self) -> None: ...
    def waiting_faults(self) -> int: ...
    def skew_clock(self, seconds: int) -> None: ...
    def journal(self) -> list[dict[str, Any]]: ...
    def clear_journal(self) -> None: ...
    def new_cloud(
        self,
        *,
        region: str | None,
        credentials: tuple[str, str, str | None] | None,
        time: int | None,
        start_of_time: float | None,
        rate_limits: bool | None,
    ) -> Server: ...
    def set_time(self, factor: int) -> None: ...
    def state(self) -> dict[str, Any]: ...
    def save(self) -> str: ...
    def load(self, text: str) -> None: ...
    def reset(self) -> None: ...
    def mishap(self, order: dict[str, Any]) -> list[str]: ...
    def accounts(self) -> list[dict[str, Any]]: ...
    def add_key(
        self, account: str | None, credentials: tuple[str, str, str | None] | None
    ) -> tuple[str, str, str | None]: ...
    def add_sub_account(
        self,
        name: str,
        credentials: tuple[str, str, str | None],
        policies: list[tuple[str, str]],
        *,
        account: str | None,
        uin: str | None,
        password: str | None,
    ) -> None: ...
    def remove_key(self, id: str) -> None: ...
    def add_image(self, repository: str, tag: str, registry: str | None, size: int | None) -> str: ...
    def images(self) -> list[dict[str, Any]]: ...
