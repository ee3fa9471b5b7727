"""Kubernetes' own Python client with a kubeconfig of a cloud: objects, watches, and who may do what.

Run by the test suite. Time passes by itself. The texts of refusals are those of Kubernetes' authorizer.
Usage: kubernetes_client.py KUBECONFIG
"""

import json
import queue
import sys
import threading
import time

from kubernetes import client, config, watch
from kubernetes.client.exceptions import ApiException

NAMESPACE = "witness"
PATIENCE = 30


def expect(holds, text):
    if not holds:
        sys.exit(text)


def equal(found, wanted):
    expect(found == wanted, f"{found!r} is not {wanted!r}")


def refused(status, reason, message, call, *arguments, **named):
    """A call that Kubernetes refuses, with its Status."""
    try:
        call(*arguments, **named)
    except ApiException as error:
        equal(error.status, status)
        body = json.loads(error.body)
        equal((body["kind"], body["status"], body["code"], body["reason"]), ("Status", "Failure", status, reason))
        expect(message in body["message"], f"{message!r} is not in {body['message']!r}")
        return
    sys.exit(f"{call.__name__} was not refused")


def settings(name, value):
    metadata = client.V1ObjectMeta(name=name, labels={"value": value})
    return client.V1ConfigMap(metadata=metadata, data={"value": value})


def objects(core):
    core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name=NAMESPACE)))
    made = core.create_namespaced_config_map(NAMESPACE, settings("one", "1"))
    expect(made.metadata.uid and made.metadata.creation_timestamp, "there is no uid")
    core.create_namespaced_config_map(NAMESPACE, settings("two", "2"))
    refused(409, "AlreadyExists", 'configmaps "one" already exists',
            core.create_namespaced_config_map, NAMESPACE, settings("one", "1"))
    listed = core.list_namespaced_config_map(NAMESPACE, label_selector="value in (1, 2)")
    equal([item.metadata.name for item in listed.items], ["one", "two"])
    listed = core.list_namespaced_config_map(NAMESPACE, field_selector="metadata.name=two")
    equal([item.metadata.name for item in listed.items], ["two"])
    page = core.list_namespaced_config_map(NAMESPACE, label_selector="value", limit=1)
    rest = core.list_namespaced_config_map(NAMESPACE, label_selector="value", limit=1, _continue=page.metadata._continue)
    equal([item.metadata.name for item in page.items + rest.items], ["one", "two"])

    patched = core.patch_namespaced_config_map("one", NAMESPACE, {"data": {"value": None, "more": "值"}})
    equal(patched.data, {"more": "值"})
    steps = [{"op": "test", "path": "/data/more", "value": "值"}, {"op": "replace", "path": "/data/more", "value": "x"}]
    equal(core.patch_namespaced_config_map("one", NAMESPACE, steps).data, {"more": "x"})
    refused(409, "Conflict", "the object has been modified", core.replace_namespaced_config_map, "one", NAMESPACE, made)
    core.delete_namespaced_config_map("one", NAMESPACE)
    refused(404, "NotFound", 'configmaps "one" not found', core.read_namespaced_config_map, "one", NAMESPACE)


def watched(core):
    """A watch sees what happens after its list, once and in order."""
    version = core.list_namespaced_config_map(NAMESPACE).metadata.resource_version
    seen = queue.Queue()

    def follow():
        stream = watch.Watch().stream(core.list_namespaced_config_map, NAMESPACE, resource_version=version,
                                      label_selector="value", timeout_seconds=PATIENCE)
        for event in stream:
            seen.put((event["type"], event["object"].metadata.name, event["object"].data["value"]))
            if event["type"] == "DELETED":
                return

    follower = threading.Thread(target=follow, daemon=True)
    follower.start()
    core.create_namespaced_config_map(NAMESPACE, settings("seen", "1"))
    core.patch_namespaced_config_map("seen", NAMESPACE, {"data": {"value": "2"}})
    core.create_namespaced_config_map(NAMESPACE, client.V1ConfigMap(metadata=client.V1ObjectMeta(name="unlabelled")))
    core.delete_namespaced_config_map("seen", NAMESPACE)
    follower.join(PATIENCE)
    expect(not follower.is_alive(), "the watch did not end")
    events = [seen.get() for _ in range(seen.qsize())]
    equal(events, [("ADDED", "seen", "1"), ("MODIFIED", "seen", "2"), ("DELETED", "seen", "2")])


def deployed(core, apps):
    """A deployment becomes available, is scaled, and goes with its pods."""
    labels = {"app": "web"}
    template = client.V1PodTemplateSpec(
        metadata=client.V1ObjectMeta(labels=labels),
        spec=client.V1PodSpec(containers=[client.V1Container(name="web", image="nginx")]))
    spec = client.V1DeploymentSpec(replicas=2, selector=client.V1LabelSelector(match_labels=labels), template=template)
    apps.create_namespaced_deployment(
        NAMESPACE, client.V1Deployment(metadata=client.V1ObjectMeta(name="web"), spec=spec))
    available(apps, 2)
    apps.patch_namespaced_deployment_scale("web", NAMESPACE, {"spec": {"replicas": 3}})
    available(apps, 3)
    pods = core.list_namespaced_pod(NAMESPACE, label_selector="app=web").items
    equal([pod.status.phase for pod in pods], ["Running"] * 3)
    apps.delete_namespaced_deployment("web", NAMESPACE)
    until("the pods are gone", lambda: not core.list_namespaced_pod(NAMESPACE, label_selector="app=web").items)


def available(apps, replicas):
    until(f"{replicas} replicas are available",
          lambda: apps.read_namespaced_deployment_status("web", NAMESPACE).status.available_replicas == replicas)


def until(what, holds):
    end = time.monotonic() + PATIENCE
    while not holds():
        expect(time.monotonic() < end, f"not in time: {what}")
        time.sleep(0.1)


def with_token(admin, token):
    """A client of the same API server whose caller is that token."""
    settings = client.Configuration()
    settings.host = admin.configuration.host
    settings.ssl_ca_cert = admin.configuration.ssl_ca_cert
    settings.api_key = {"authorization": token}
    settings.api_key_prefix = {"authorization": "Bearer"}
    return client.ApiClient(settings)


def rules(admin, core):
    """A service account that may read pods, and nothing else."""
    core.create_namespaced_service_account(
        NAMESPACE, client.V1ServiceAccount(metadata=client.V1ObjectMeta(name="reader")))
    roles = client.RbacAuthorizationV1Api(admin)
    may_read = client.V1PolicyRule(api_groups=[""], resources=["pods"], verbs=["get", "list", "watch"])
    roles.create_namespaced_role(
        NAMESPACE, client.V1Role(metadata=client.V1ObjectMeta(name="pod-reader"), rules=[may_read]))
    roles.create_namespaced_role_binding(NAMESPACE, client.V1RoleBinding(
        metadata=client.V1ObjectMeta(name="reader"),
        role_ref=client.V1RoleRef(api_group="rbac.authorization.k8s.io", kind="Role", name="pod-reader"),
        subjects=[client.RbacV1Subject(kind="ServiceAccount", name="reader", namespace=NAMESPACE)]))
    request = client.AuthenticationV1TokenRequest(
        spec=client.V1TokenRequestSpec(audiences=[], expiration_seconds=3600))
    token = core.create_namespaced_service_account_token("reader", NAMESPACE, request).status.token

    reader = with_token(admin, token)
    mine, apps = client.CoreV1Api(reader), client.AppsV1Api(reader)
    mine.list_namespaced_pod(NAMESPACE)
    refused(404, "NotFound", 'pods "none" not found', mine.read_namespaced_pod, "none", NAMESPACE)
    who = f'User "system:serviceaccount:{NAMESPACE}:reader" cannot'
    here = f'in the namespace "{NAMESPACE}"'
    pod = client.V1Pod(metadata=client.V1ObjectMeta(name="web"),
                       spec=client.V1PodSpec(containers=[client.V1Container(name="web", image="nginx")]))
    for message, call, *arguments in [
        (f'{who} create resource "pods" in API group "" {here}', mine.create_namespaced_pod, NAMESPACE, pod),
        (f'{who} delete resource "pods" in API group "" {here}', mine.delete_namespaced_pod, "web", NAMESPACE),
        (f'{who} patch resource "pods" in API group "" {here}', mine.patch_namespaced_pod, "web", NAMESPACE, {}),
        (f'{who} list resource "secrets" in API group "" {here}', mine.list_namespaced_secret, NAMESPACE),
        (f'{who} get resource "pods/log" in API group "" {here}', mine.read_namespaced_pod_log, "web", NAMESPACE),
        (f'{who} list resource "deployments" in API group "apps" {here}', apps.list_namespaced_deployment, NAMESPACE),
        (f'{who} list resource "pods" in API group "" in the namespace "default"', mine.list_namespaced_pod, "default"),
        (f'{who} list resource "pods" in API group "" at the cluster scope', mine.list_pod_for_all_namespaces),
        (f'{who} list resource "nodes" in API group "" at the cluster scope', mine.list_node),
    ]:
        refused(403, "Forbidden", message, call, *arguments)
    for wrong in [token + "x", token[:-2], "no-token"]:
        refused(401, "Unauthorized", "Unauthorized",
                client.CoreV1Api(with_token(admin, wrong)).list_namespaced_pod, NAMESPACE)
    # Without the account, its token is worth nothing.
    core.delete_namespaced_service_account("reader", NAMESPACE)
    refused(401, "Unauthorized", "Unauthorized", mine.list_namespaced_pod, NAMESPACE)


def main(kubeconfig):
    admin = config.new_client_from_config(kubeconfig)
    expect(admin.configuration.host.startswith("https://127.0.0.1:"), admin.configuration.host)
    core, apps = client.CoreV1Api(admin), client.AppsV1Api(admin)
    expect(client.VersionApi(admin).get_code().git_version.startswith("v1."), "there is no version")
    equal(len(core.list_node(label_selector="!node-role.kubernetes.io/master").items), 2)
    objects(core)
    watched(core)
    deployed(core, apps)
    rules(admin, core)
    core.delete_namespace(NAMESPACE)
    until("the namespace is gone", lambda: NAMESPACE not in [it.metadata.name for it in core.list_namespace().items])
    print("done")


main(*sys.argv[1:])
