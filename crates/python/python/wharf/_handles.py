"""Handles of work and of resources: jobs, tasks, upgrades, services; time series; values for inputs."""

from __future__ import annotations

from wharf import _wharf
from wharf._calls import AsyncWait
from wharf._errors import UnsupportedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, timedelta
    from typing import Any

    from wharf._calls import AsyncCall, Progress
    from wharf._wharf import Pending
    from wharf.ack import types as ack
    from wharf.cce import types as cce
    from wharf.ccs import types as ccs


def _waiting(
    timeout: float | None,
    poll_interval: float | None,
    max_poll_interval: float | None,
    grace: float | None,
    on_progress: Callable[[Progress], object] | None,
) -> dict[str, Any]:
    """Returns the options of a waiter that are set."""
    options = {
        "timeout": timeout,
        "poll_interval": poll_interval,
        "max_poll_interval": max_poll_interval,
        "grace": grace,
        "on_progress": on_progress,
    }
    return {name: value for name, value in options.items() if value is not None}


class _Job:
    __slots__ = ("_clusters", "id")

    id: str
    """The identifier of the job."""

    def __init__(self, clusters: Any, id: str, /) -> None:
        self._clusters, self.id = clusters, id

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id!r}>"

    def get(self) -> Any:
        """Calls `GetJob` once."""
        return self._clusters.get_job(job_id=self.id)

    def wait(
        self,
        *,
        timeout: float | None = None,
        poll_interval: float | None = None,
        max_poll_interval: float | None = None,
        grace: float | None = None,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> Any:
        """Waits until the job is done, as `clusters.wait_until_job_done` does."""
        options = _waiting(timeout, poll_interval, max_poll_interval, grace, on_progress)
        return self._clusters.wait_until_job_done(self.id, **options)


class _Task:
    __slots__ = ("_clusters", "id")

    id: int
    """The identifier of the task, which the service calls `requestId`."""

    def __init__(self, clusters: Any, id: int, /) -> None:
        self._clusters, self.id = clusters, id

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id!r}>"

    def get(self) -> Any:
        """Calls `DescribeClusterTaskResult` once."""
        return self._clusters.describe_cluster_task_result(request_id=self.id)

    def wait(
        self,
        *,
        timeout: float | None = None,
        poll_interval: float | None = None,
        max_poll_interval: float | None = None,
        grace: float | None = None,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> Any:
        """Waits until the task has succeeded, as `clusters.wait_until_task_done` does."""
        options = _waiting(timeout, poll_interval, max_poll_interval, grace, on_progress)
        return self._clusters.wait_until_task_done(self.id, **options)


class _Upgrade:
    __slots__ = ("_clusters", "cluster_id")

    cluster_id: str
    """The identifier of the cluster."""

    def __init__(self, clusters: Any, cluster_id: str, /) -> None:
        self._clusters, self.cluster_id = clusters, cluster_id

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.cluster_id!r}>"

    def start(self, next_version: str) -> Any:
        """Starts the upgrade to a version that the cluster supports: see the cluster's `next_version`."""
        return self._clusters.upgrade_cluster(cluster_id=self.cluster_id, component_name="k8s", next_version=next_version)

    def status(self) -> Any:
        """Calls `GetUpgradeStatus` once."""
        return self._clusters.get_upgrade_status(cluster_id=self.cluster_id)

    def pause(self) -> Any:
        """Pauses the upgrade until it is resumed."""
        return self._clusters.pause_cluster_upgrade(cluster_id=self.cluster_id)

    def resume(self) -> Any:
        """Resumes a paused upgrade."""
        return self._clusters.resume_upgrade_cluster(cluster_id=self.cluster_id)

    def cancel(self) -> Any:
        """Cancels the upgrade. Nodes that are already upgraded stay so."""
        return self._clusters.cancel_cluster_upgrade(cluster_id=self.cluster_id)

    def wait(
        self,
        *,
        timeout: float | None = None,
        poll_interval: float | None = None,
        max_poll_interval: float | None = None,
        grace: float | None = None,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> Any:
        """Waits until the upgrade is done, as `clusters.wait_until_upgrade_done` does."""
        options = _waiting(timeout, poll_interval, max_poll_interval, grace, on_progress)
        return self._clusters.wait_until_upgrade_done(self.cluster_id, **options)


class _Service:
    __slots__ = ("_clusters", "cluster_id", "name", "namespace")

    cluster_id: str
    """The identifier of the cluster."""
    name: str
    """The name of the service."""
    namespace: str
    """The namespace of the service."""

    def __init__(self, clusters: Any, cluster_id: str, name: str, namespace: str, /) -> None:
        self._clusters, self.cluster_id, self.name, self.namespace = clusters, cluster_id, name, namespace

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.cluster_id!r} {self.namespace!r} {self.name!r}>"

    def _names(self) -> dict[str, str]:
        return {"cluster_id": self.cluster_id, "service_name": self.name, "namespace": self.namespace}

    def create(self, replicas: int, **fields: Any) -> Any:
        """Creates the service with a number of pods. `fields` are those of `clusters.create_cluster_service`, such as
        `containers`."""
        return self._clusters.create_cluster_service(replicas=replicas, **self._names(), **fields)

    def replace(self, replicas: int, **fields: Any) -> Any:
        """Replaces the service by the given configuration and rolls it out. `fields` are those of
        `clusters.modify_cluster_service`. Fields that are not set are not kept."""
        return self._clusters.modify_cluster_service(replicas=replicas, **self._names(), **fields)

    def set_image(self, image: str) -> Any:
        """Rolls out another image, for a service with one container."""
        return self._clusters.modify_cluster_service_image(image=image, **self._names())

    def set_images(self, images: Mapping[str, str]) -> Any:
        """Rolls out other images, by names of containers, for a service with several containers."""
        containers = [{"container_name": name, "image": image} for name, image in images.items()]
        return self._clusters.modify_cluster_service_image(containers=containers, **self._names())

    def redeploy(self) -> Any:
        """Restarts all pods. They pull their images again."""
        return self._clusters.redeploy_cluster_service(**self._names())

    def pause(self) -> Any:
        """Pauses a roll-out. A service that is not being rolled out stops scaling until it is resumed."""
        return self._clusters.pause_cluster_service(**self._names())

    def resume(self) -> Any:
        """Resumes a paused roll-out."""
        return self._clusters.resume_cluster_service(**self._names())

    def roll_back(self) -> Any:
        """Restores the service to the state before its last change. Earlier states are not available."""
        return self._clusters.roll_back_cluster_service(**self._names())

    def set_description(self, description: str) -> Any:
        """Sets the description; an empty one erases it."""
        return self._clusters.modify_service_description(description=description, **self._names())

    def delete(self) -> Any:
        """Deletes the service with its pods and its load balancer."""
        return self._clusters.delete_cluster_service(**self._names())

    def get(self) -> Any:
        """Calls `DescribeClusterServiceInfo` once."""
        return self._clusters.describe_cluster_service_info(**self._names())

    def wait_until_normal(
        self,
        *,
        timeout: float | None = None,
        poll_interval: float | None = None,
        max_poll_interval: float | None = None,
        grace: float | None = None,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> Any:
        """Waits until the service is `Normal` with all its pods, as `clusters.wait_until_service_normal` does."""
        options = _waiting(timeout, poll_interval, max_poll_interval, grace, on_progress)
        return self._clusters.wait_until_service_normal(**self._names(), **options)

    def wait_until_deleted(
        self,
        *,
        timeout: float | None = None,
        poll_interval: float | None = None,
        max_poll_interval: float | None = None,
        grace: float | None = None,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> Any:
        """Waits until the service is deleted, as `clusters.wait_until_service_deleted` does."""
        options = _waiting(timeout, poll_interval, max_poll_interval, grace, on_progress)
        return self._clusters.wait_until_service_deleted(**self._names(), **options)


class Job(_Job):
    """A handle of a job of CCE: work on a cluster, its nodes or its node pools that continues after the call that requested it."""

    __slots__ = ()

    if TYPE_CHECKING:

        def get(self) -> cce.GetJobOutput: ...

        def wait(
            self,
            *,
            timeout: float | None = None,
            poll_interval: float | None = None,
            max_poll_interval: float | None = None,
            grace: float | None = None,
            on_progress: Callable[[Progress], object] | None = None,
        ) -> cce.GetJobOutput: ...


class AsyncJob(_Job):
    """A handle of a job of CCE: work on a cluster, its nodes or its node pools that continues after the call that requested it, for `asyncio`."""

    __slots__ = ()

    if TYPE_CHECKING:

        def get(self) -> AsyncCall[cce.GetJobOutput]: ...

        def wait(
            self,
            *,
            timeout: float | None = None,
            poll_interval: float | None = None,
            max_poll_interval: float | None = None,
            grace: float | None = None,
            on_progress: Callable[[Progress], object] | None = None,
        ) -> AsyncWait[cce.GetJobOutput]: ...


class Task(_Task):
    """A handle of a task of CCS, which creates or deletes a cluster or nodes."""

    __slots__ = ()

    if TYPE_CHECKING:

        def get(self) -> ccs.DescribeClusterTaskResultOutput: ...

        def wait(
            self,
            *,
            timeout: float | None = None,
            poll_interval: float | None = None,
            max_poll_interval: float | None = None,
            grace: float | None = None,
            on_progress: Callable[[Progress], object] | None = None,
        ) -> None: ...


class AsyncTask(_Task):
    """A handle of a task of CCS, which creates or deletes a cluster or nodes, for `asyncio`."""

    __slots__ = ()

    if TYPE_CHECKING:

        def get(self) -> AsyncCall[ccs.DescribeClusterTaskResultOutput]: ...

        def wait(
            self,
            *,
            timeout: float | None = None,
            poll_interval: float | None = None,
            max_poll_interval: float | None = None,
            grace: float | None = None,
            on_progress: Callable[[Progress], object] | None = None,
        ) -> AsyncWait[None]: ...


class Upgrade(_Upgrade):
    """A handle of the upgrade of a cluster of ACK to another version of Kubernetes."""

    __slots__ = ()

    if TYPE_CHECKING:

        def start(self, next_version: str) -> ack.UpgradeClusterOutput: ...

        def status(self) -> ack.GetUpgradeStatusOutput: ...

        def pause(self) -> ack.PauseClusterUpgradeOutput: ...

        def resume(self) -> ack.ResumeUpgradeClusterOutput: ...

        def cancel(self) -> ack.CancelClusterUpgradeOutput: ...

        def wait(
            self,
            *,
            timeout: float | None = None,
            poll_interval: float | None = None,
            max_poll_interval: float | None = None,
            grace: float | None = None,
            on_progress: Callable[[Progress], object] | None = None,
        ) -> ack.GetUpgradeStatusOutput: ...


class AsyncUpgrade(_Upgrade):
    """A handle of the upgrade of a cluster of ACK to another version of Kubernetes, for `asyncio`."""

    __slots__ = ()

    if TYPE_CHECKING:

        def start(self, next_version: str) -> AsyncCall[ack.UpgradeClusterOutput]: ...

        def status(self) -> AsyncCall[ack.GetUpgradeStatusOutput]: ...

        def pause(self) -> AsyncCall[ack.PauseClusterUpgradeOutput]: ...

        def resume(self) -> AsyncCall[ack.ResumeUpgradeClusterOutput]: ...

        def cancel(self) -> AsyncCall[ack.CancelClusterUpgradeOutput]: ...

        def wait(
            self,
            *,
            timeout: float | None = None,
            poll_interval: float | None = None,
            max_poll_interval: float | None = None,
            grace: float | None = None,
            on_progress: Callable[[Progress], object] | None = None,
        ) -> AsyncWait[ack.GetUpgradeStatusOutput]: ...


class Service(_Service):
    """A handle of a service of CCS, from the first roll-out to its deletion."""

    __slots__ = ()

    if TYPE_CHECKING:

        def create(self, replicas: int, **fields: Any) -> ccs.CreateClusterServiceOutput: ...

        def replace(self, replicas: int, **fields: Any) -> ccs.ModifyClusterServiceOutput: ...

        def set_image(self, image: str) -> ccs.ModifyClusterServiceImageOutput: ...

        def set_images(self, images: Mapping[str, str]) -> ccs.ModifyClusterServiceImageOutput: ...

        def redeploy(self) -> ccs.RedeployClusterServiceOutput: ...

        def pause(self) -> ccs.PauseClusterServiceOutput: ...

        def resume(self) -> ccs.ResumeClusterServiceOutput: ...

        def roll_back(self) -> ccs.RollBackClusterServiceOutput: ...

        def set_description(self, description: str) -> ccs.ModifyServiceDescriptionOutput: ...

        def delete(self) -> ccs.DeleteClusterServiceOutput: ...

        def get(self) -> ccs.DescribeClusterServiceInfoOutput: ...

        def wait_until_normal(
            self,
            *,
            timeout: float | None = None,
            poll_interval: float | None = None,
            max_poll_interval: float | None = None,
            grace: float | None = None,
            on_progress: Callable[[Progress], object] | None = None,
        ) -> ccs.Service: ...

        def wait_until_deleted(
            self,
            *,
            timeout: float | None = None,
            poll_interval: float | None = None,
            max_poll_interval: float | None = None,
            grace: float | None = None,
            on_progress: Callable[[Progress], object] | None = None,
        ) -> None: ...


class AsyncService(_Service):
    """A handle of a service of CCS, from the first roll-out to its deletion, for `asyncio`."""

    __slots__ = ()

    if TYPE_CHECKING:

        def create(self, replicas: int, **fields: Any) -> AsyncCall[ccs.CreateClusterServiceOutput]: ...

        def replace(self, replicas: int, **fields: Any) -> AsyncCall[ccs.ModifyClusterServiceOutput]: ...

        def set_image(self, image: str) -> AsyncCall[ccs.ModifyClusterServiceImageOutput]: ...

        def set_images(self, images: Mapping[str, str]) -> AsyncCall[ccs.ModifyClusterServiceImageOutput]: ...

        def redeploy(self) -> AsyncCall[ccs.RedeployClusterServiceOutput]: ...

        def pause(self) -> AsyncCall[ccs.PauseClusterServiceOutput]: ...

        def resume(self) -> AsyncCall[ccs.ResumeClusterServiceOutput]: ...

        def roll_back(self) -> AsyncCall[ccs.RollBackClusterServiceOutput]: ...

        def set_description(self, description: str) -> AsyncCall[ccs.ModifyServiceDescriptionOutput]: ...

        def delete(self) -> AsyncCall[ccs.DeleteClusterServiceOutput]: ...

        def get(self) -> AsyncCall[ccs.DescribeClusterServiceInfoOutput]: ...

        def wait_until_normal(
            self,
            *,
            timeout: float | None = None,
            poll_interval: float | None = None,
            max_poll_interval: float | None = None,
            grace: float | None = None,
            on_progress: Callable[[Progress], object] | None = None,
        ) -> AsyncWait[ccs.Service]: ...

        def wait_until_deleted(
            self,
            *,
            timeout: float | None = None,
            poll_interval: float | None = None,
            max_poll_interval: float | None = None,
            grace: float | None = None,
            on_progress: Callable[[Progress], object] | None = None,
        ) -> AsyncWait[None]: ...


class Point:
    """One point of a time series."""

    __slots__ = ("time", "value")

    time: datetime
    """Start of the period of the value, in UTC."""
    value: float | None
    """Value of the period, or `None` if nothing was measured."""

    def __init__(self, time: datetime, value: float | None) -> None:
        self.time, self.value = time, value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Point) and (self.time, self.value) == (other.time, other.value)

    def __hash__(self) -> int:
        return hash((self.time, self.value))

    def __repr__(self) -> str:
        return f"Point({self.time.isoformat()}, {self.value!r})"


class Series:
    """The values of a metric over a time range."""

    __slots__ = ("metric", "period", "points", "unit")

    metric: str
    """Metric of the values."""
    unit: str
    """Unit of the values (`%`, `MiB`)."""
    period: timedelta
    """Time between two points."""
    points: list[Point]
    """Points, oldest first, including those without a value."""

    def __init__(self, metric: str, unit: str, period: timedelta, points: list[Point]) -> None:
        self.metric, self.unit, self.period, self.points = metric, unit, period, points

    def __repr__(self) -> str:
        return f"<Series of {self.metric}: {len(self.points)} points>"


def _series(answer: Any) -> Series:
    from datetime import datetime, timedelta

    points = [
        Point(datetime.fromisoformat(point["time"].replace("Z", "+00:00")), point["value"]) for point in answer["points"]
    ]
    return Series(answer["metric"], answer["unit"], timedelta(seconds=answer["period"]), points)


class _AsyncSeries(AsyncWait["Series"]):
    __slots__ = ()

    def _finish(self, result: Any) -> Series:
        return _series(result)


def _time(name: str, time: datetime | None) -> str | None:
    if time is not None and time.tzinfo is None:
        raise ValueError(f"{name} must have a time zone")
    return None if time is None else time.isoformat()


def _request(
    metric: str,
    cluster: str,
    service: str | None,
    namespace: str | None,
    pod: str | None,
    container: str | None,
    start: datetime | None,
    end: datetime | None,
    period: timedelta | None,
    zone_offset: timedelta | None,
) -> dict[str, Any]:
    """Returns the input of a time series."""
    return {
        "metric": metric,
        "cluster": cluster,
        "service": service,
        "namespace": namespace,
        "pod": pod,
        "container": container,
        "start": _time("start", start),
        "end": _time("end", end),
        "period": None if period is None else int(period.total_seconds()),
        "zone_offset": None if zone_offset is None else int(zone_offset.total_seconds()),
    }


def _needs(connection: Any, product: str, what: str) -> None:
    if connection._product != product:
        raise UnsupportedError(f"{connection._product} has no {what}")


class Handles:
    """Handles that a connection makes."""

    __slots__ = ()

    if TYPE_CHECKING:
        _core: _wharf.Connection

    def job(self, id: str) -> Job:
        """Returns a handle of a job of CCE. `id` is its identifier, from the output of the operation that started it."""
        _needs(self, "cce", "jobs of this kind")
        return Job(self.clusters, id)  # type: ignore[attr-defined]

    def task(self, id: int) -> Task:
        """Returns a handle of a task of CCS. `id` is its identifier: the `requestId` of the output that started it."""
        _needs(self, "ccs", "tasks of this kind")
        return Task(self.clusters, id)  # type: ignore[attr-defined]

    def upgrade(self, cluster_id: str) -> Upgrade:
        """Returns a handle of the upgrade of a cluster of ACK: one to be started, or one in progress."""
        _needs(self, "ack", "upgrades of this kind")
        return Upgrade(self.clusters, cluster_id)  # type: ignore[attr-defined]

    def service(self, cluster_id: str, name: str, *, namespace: str = "default") -> Service:
        """Returns a handle of a service of CCS."""
        _needs(self, "ccs", "services of this kind")
        return Service(self.clusters, cluster_id, name, namespace)  # type: ignore[attr-defined]

    def series(
        self,
        metric: str,
        *,
        cluster: str,
        service: str | None = None,
        namespace: str | None = None,
        pod: str | None = None,
        container: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        period: timedelta | None = None,
        zone_offset: timedelta | None = None,
    ) -> Series:
        """Returns the values of a metric of CCS over a time range, by `GetMonitorData`.

        Args:
            metric: The metric (`service_cpu_used`). Its name begins with the resource whose dimensions it requires:
                the cluster, or down from the service with its namespace to the pod and the container.
            cluster: The identifier of the cluster.
            service: The name of the service.
            namespace: The namespace of the service.
            pod: The name of the pod.
            container: The identifier of the container, or its first 12 characters.
            start: The start of the time range, with a time zone. By default the beginning of the service's day.
            end: The end of the time range, with a time zone. Required with a start.
            period: The time between two values: one minute, five minutes (the default), one hour or one day.
            zone_offset: The offset of the service's clock from UTC. By default eight hours.
        """
        _needs(self, "ccs", "time series")
        given = _request(metric, cluster, service, namespace, pod, container, start, end, period, zone_offset)
        return _series(self._core.call("series_request.send", given))


class AsyncHandles:
    """Handles that a connection makes, for `asyncio`."""

    __slots__ = ()

    if TYPE_CHECKING:
        _core: _wharf.Connection

    def job(self, id: str) -> AsyncJob:
        """Returns a handle of a job of CCE. `id` is its identifier, from the output of the operation that started it."""
        _needs(self, "cce", "jobs of this kind")
        return AsyncJob(self.clusters, id)  # type: ignore[attr-defined]

    def task(self, id: int) -> AsyncTask:
        """Returns a handle of a task of CCS. `id` is its identifier: the `requestId` of the output that started it."""
        _needs(self, "ccs", "tasks of this kind")
        return AsyncTask(self.clusters, id)  # type: ignore[attr-defined]

    def upgrade(self, cluster_id: str) -> AsyncUpgrade:
        """Returns a handle of the upgrade of a cluster of ACK: one to be started, or one in progress."""
        _needs(self, "ack", "upgrades of this kind")
        return AsyncUpgrade(self.clusters, cluster_id)  # type: ignore[attr-defined]

    def service(self, cluster_id: str, name: str, *, namespace: str = "default") -> AsyncService:
        """Returns a handle of a service of CCS."""
        _needs(self, "ccs", "services of this kind")
        return AsyncService(self.clusters, cluster_id, name, namespace)  # type: ignore[attr-defined]

    def series(
        self,
        metric: str,
        *,
        cluster: str,
        service: str | None = None,
        namespace: str | None = None,
        pod: str | None = None,
        container: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        period: timedelta | None = None,
        zone_offset: timedelta | None = None,
    ) -> AsyncWait[Series]:
        """Returns the values of a metric of CCS over a time range, by `GetMonitorData`.

        Args:
            metric: The metric (`service_cpu_used`). Its name begins with the resource whose dimensions it requires:
                the cluster, or down from the service with its namespace to the pod and the container.
            cluster: The identifier of the cluster.
            service: The name of the service.
            namespace: The namespace of the service.
            pod: The name of the pod.
            container: The identifier of the container, or its first 12 characters.
            start: The start of the time range, with a time zone. By default the beginning of the service's day.
            end: The end of the time range, with a time zone. Required with a start.
            period: The time between two values: one minute, five minutes (the default), one hour or one day.
            zone_offset: The offset of the service's clock from UTC. By default eight hours.
        """
        _needs(self, "ccs", "time series")
        given = _request(metric, cluster, service, namespace, pod, container, start, end, period, zone_offset)

        def begin() -> Pending:
            return self._core.call_async("series_request.send", given)

        return _AsyncSeries(begin)


def value(product: str, helper: str, /, **arguments: Any) -> Any:
    """Returns the value of a helper, for example a structure for an input with the API's names. Nothing is sent.

    The helpers are those of `wharf::any::helpers` in Rust: `value("ack", "taint.no_schedule", key="k", value="v")`.
    """
    return _wharf.value(product, helper, arguments)


def node_password(password: str, *, user: str = "root") -> _wharf.Secret:
    """Returns a password of a node of CCE in the form of the service: salted and hashed by SHA-512 crypt, in Base64.

    Args:
        password: The plain password: 8 to 26 characters from three of upper-case letters, lower-case letters, digits
            and special characters, without the user's name or its reverse. It is checked here, because the service
            cannot.
        user: The user of the login.
    """
    return _wharf.Secret(_wharf.value("cce", "node_password.for_user", {"password": password, "user": user}))
