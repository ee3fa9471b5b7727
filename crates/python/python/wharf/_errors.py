"""Errors."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    # Message, code, request id, status, retryable, product, operation, field, retry-after, attempts.
    _Facts: TypeAlias = tuple[
        str,
        str | None,
        str | None,
        int | None,
        bool,
        str | None,
        str | None,
        str | None,
        float | None,
        list[tuple[str, str | None, str | None, int | None, float]],
    ]


class Attempt:
    """Failed attempt before the last one."""

    __slots__ = ("code", "delay", "kind", "request_id", "status")

    _plain_members = ("kind", "code", "request_id", "status", "delay")

    kind: str
    """Kind of the failure, as `Error.kind`."""
    code: str | None
    """The service's code."""
    request_id: str | None
    """The service's request id."""
    status: int | None
    """HTTP status."""
    delay: float
    """Delay before the next attempt, in seconds."""

    def __init__(self, kind: str, code: str | None, request_id: str | None, status: int | None, delay: float) -> None:
        self.kind, self.code, self.request_id, self.status, self.delay = kind, code, request_id, status, delay

    def __repr__(self) -> str:
        parts = (f"{name}={getattr(self, name)!r}" for name in ("kind", "code", "request_id", "status", "delay"))
        return f"Attempt({', '.join(parts)})"


class Error(Exception):
    """Failure of a call: its kind, the service's message, and the call that failed.

    Never contains a secret. Each kind has a subclass.
    """

    _plain_members = (
        "kind",
        "message",
        "code",
        "request_id",
        "status",
        "retryable",
        "product",
        "operation",
        "field",
        "retry_after",
        "attempts",
    )

    kind: str = "other"
    """Kind of the failure, the same for every product (`not_found`)."""
    code: str | None = None
    """The service's error code (`ResourceNotFound`), if the service responded."""
    message: str = ""
    """Message for people."""
    request_id: str | None = None
    """The service's identifier of the request. Quote it in support requests."""
    status: int | None = None
    """HTTP status of the response, if any."""
    retryable: bool = False
    """Whether the same call may succeed later. This does not mean that a retry is safe: a call that changes something
    may have taken effect."""
    product: str | None = None
    """The product that was called."""
    operation: str | None = None
    """The operation that failed, by its name in the API."""
    field: str | None = None
    """Path of the input field, or name of the setting, that is wrong."""
    retry_after: float | None = None
    """Seconds to wait before the next attempt, as the service requests."""
    attempts: tuple[Attempt, ...] = ()
    """Failed attempts before the last one, oldest first."""

    def __init__(self, text: str = "", /) -> None:
        super().__init__(text)
        self.message = text

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else self.message

    def __reduce__(self) -> tuple[Callable[..., Error], tuple[Any, ...]]:
        return _restore, (type(self), self.args, self.__dict__)


def _restore(kind: type[Error], arguments: tuple[Any, ...], members: dict[str, Any]) -> Error:
    error = kind(*arguments)
    error.__dict__.update(members)
    return error


class InvalidInputError(Error, ValueError):
    """The request breaks a rule: a missing or wrong field, a value out of its range. Mostly found before anything is
    sent; `field` names the field."""

    kind = "invalid_input"


class ConfigurationError(Error, ValueError):
    """A setting of the connection is missing or wrong; `field` names it."""

    kind = "configuration"


class CredentialsError(Error):
    """No credentials, or the service rejects them: unknown key, wrong signature, expired token."""

    kind = "credentials"


class PermissionDeniedError(Error):
    """The credentials are valid but do not allow this: ask the administrator of the account for the permission."""

    kind = "permission_denied"


class NotFoundError(Error):
    """The resource does not exist: check its identifier, and the region and project of the call."""

    kind = "not_found"


class ConflictError(Error):
    """The resource exists already, or its state does not allow this now: wait with a waiter, or use another name."""

    kind = "conflict"


class QuotaError(Error):
    """A quota or limit of the account is reached: delete what is not needed, or ask the operator for more."""

    kind = "quota"


class ThrottledError(Error):
    """Too many calls in too short a time, retries included: call less often, or let the client keep the documented limits."""

    kind = "throttled"


class UnsupportedError(Error):
    """The service does not offer this, in this region or at all: check region, endpoint and version of the cloud."""

    kind = "unsupported"


class ServiceError(Error):
    """The service failed: report it to the operator with `request_id`."""

    kind = "service"


class TransientError(ServiceError):
    """Temporary service failure: call again later. Calls that are safe to retry were retried already."""

    kind = "transient"


class ConnectionFailedError(Error, ConnectionError):
    """No connection: check endpoint, domain, proxy and network. The request may have arrived."""

    kind = "connection_failed"


class TlsError(Error):
    """The server's certificate is not trusted: set the private cloud's certificate as `root_certificate`."""

    kind = "tls"


class TimedOutError(Error, TimeoutError):
    """A timeout passed: set a longer one. The request may have arrived; the goal of a waiter may still be reached."""

    kind = "timed_out"


class DecodeError(Error):
    """The response cannot be read: check the endpoint, and that there is no proxy in between."""

    kind = "decode"


class WaitFailedError(Error):
    """A waiter saw a state from which its goal cannot be reached: look at the resource."""

    kind = "wait_failed"


_KINDS: dict[str, type[Error]] = {
    error.kind: error
    for error in (
        InvalidInputError,
        ConfigurationError,
        CredentialsError,
        PermissionDeniedError,
        NotFoundError,
        ConflictError,
        QuotaError,
        ThrottledError,
        UnsupportedError,
        ServiceError,
        TransientError,
        ConnectionFailedError,
        TlsError,
        TimedOutError,
        DecodeError,
        WaitFailedError,
    )
}


def make(kind: str, text: str, facts: _Facts) -> Error:
    """Returns the exception of a kind. Called by the extension module."""
    error = _KINDS.get(kind, Error)(text)
    (
        error.message,
        error.code,
        error.request_id,
        error.status,
        error.retryable,
        error.product,
        error.operation,
        error.field,
        error.retry_after,
        attempts,
    ) = facts
    error.attempts = tuple(Attempt(*attempt) for attempt in attempts)
    return error


def invalid(field: str, reason: str) -> InvalidInputError:
    """Returns the exception for an invalid input."""
    error = InvalidInputError(f"invalid input: {field} {reason}")
    error.message, error.field = f"{field} {reason}", field
    return error


def describe_exception(error: BaseException) -> tuple[str, str]:
    """Returns the code and the message with which the reference server refuses a call, for an exception of the user's
    function. Called by the extension module."""
    if isinstance(error, Error) and error.code is not None:
        return error.code, error.message
    return "InternalError", f"The function raised {type(error).__name__}."
