"""The vendors' Python clients send every operation that they have, with every field set: `everything.py CLIENT`.

CLIENT is `tke`, `tke-2022-05-01`, `tcr`, `cce` or `ack`. The server's address and credentials are in the environment.
The server's answers do not matter here: its journal says what it understood. Prints a line for each refusal, and the
number of calls. The file WHARF_SENT gets all bytes that were sent.
"""

import http.client
import importlib
import inspect
import os
import re
import sys
import typing
import warnings

ENDPOINT = os.environ["WHARF_ENDPOINT"]
KEY = os.environ["WHARF_SECRET_ID"]
SECRET = os.environ["WHARF_SECRET_KEY"]
REGION = os.environ["WHARF_REGION"]
PROJECT = os.environ["WHARF_PROJECT_ID"]

TEXT = "值-x"
# Identifiers that go into paths and host names.
CLUSTER = "7d9e2b3c-0000-11ed-8000-0255ac100b01"
# Structures hold structures of their own type.
DEEPEST = 8

# What the documents or the packages say of values, by the names of fields.
VALUES = {
    "MaxNodePodNum": 64, "MaxClusterServiceNum": 256, "ClaimExpiredSeconds": 300, "max_pods": 64,
    "ExtensiveParameters": "{}", "RunInstancePara": "{}", "RunInstancesPara": "{}", "apiVersion": "v3",
    "api_version": "v3", "delete_volume": "true", "size": 100,
    "TemporaryDurationMinutes": 60, "temporary_duration_minutes": 60, "page_size": "10", "page_number": "1",
    "system_disk_size": 120, "master_system_disk_size": 120, "worker_system_disk_size": 120,
    "config": "{}", "options": "{}",
}
# Fields that are texts in private clouds.
LEFT_OUT = [("ClusterAdvancedSettings", "IsDualStack"), ("ExistedInstancesPara", "EnhancedService"),
            ("ExistedInstancesPara", "LoginSettings")]
# Keys of maps whose keys the documents list.
KEYS = {"extend_param": "useType"}
# Kind and version of Huawei's objects, by their classes.
OBJECTS = {
    "Cluster": ("Cluster", "v3"), "NodeCreateRequest": ("Node", "v3"), "NodePool": ("NodePool", "v3"),
    "AddNodeList": ("List", "v3"), "ResetNodeList": ("List", "v3"), "MigrateNodesTask": ("MigrateNodesTask", "v3"),
    "RemoveNodesTask": ("RemoveNodesTask", "v3"), "InstanceRequest": ("Addon", "v3"),
    "PersistentVolumeClaim": ("PersistentVolumeClaim", "v1"),
}


def known(name, plain):
    """The value of a field, unless it is of another type."""
    value = VALUES.get(name, plain)
    return value if type(value) is type(plain) else plain


def text(name):
    if isinstance(VALUES.get(name), str):
        return VALUES[name]
    return CLUSTER if name.lower().replace("_", "") in ("clusterid", "xclusterid") else TEXT


def tencent(product, version):
    from tencentcloud.common import credential
    from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile

    home = f"tencentcloud.{product}.{version}"
    models = importlib.import_module(home + ".models")
    kind = getattr(importlib.import_module(f"{home}.{product}_client"), product.title() + "Client")
    plain = {"str": TEXT, "int": 1, "float": 0.5, "bool": True}

    def value(member, name, depth):
        if name.startswith("list of "):
            return [value(member, name[8:], depth)]
        # Some have a remark after the type.
        if name.split(" ")[0] in plain:
            return known(member, plain[name.split(" ")[0]])
        if match := re.fullmatch(r":class:`(.+)`", name):
            name = match[1].rsplit(".", 1)[1]
        return filled(getattr(models, name)(), depth - 1)

    def filled(model, depth=DEEPEST):
        for member, name in re.findall(r":type (\w+): (.+)", type(model).__init__.__doc__ or ""):
            if (depth > 0 or name in plain) and (type(model).__name__, member) not in LEFT_OUT:
                setattr(model, member, value(member, name, depth))
        return model

    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=ENDPOINT, reqMethod="POST"))
    cloud = kind(credential.Credential(KEY, SECRET), REGION, profile)
    count = 0
    for name in vars(kind):
        request = getattr(models, name + "Request", None)
        if request is None:
            continue
        count += 1
        try:
            getattr(cloud, name)(filled(request()))
        except TencentCloudSDKException as error:
            if not error.requestId:
                raise
            print(name, error.code, error.message)
    return count


def huawei():
    import huaweicloudsdkcce.v3 as cce
    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
    from huaweicloudsdkcore.http.http_config import HttpConfig

    plain = {"int": 1, "float": 0.5, "bool": True, "object": {"member": TEXT}, "date": "2022-01-02T03:04:05Z",
             "datetime": "2022-01-02T03:04:05Z"}

    def value(name, kind, depth):
        if match := re.fullmatch(r"list\[(.*)\]", kind):
            return [value(name, match[1], depth)]
        if match := re.fullmatch(r"dict\(str, (.*)\)", kind):
            return {KEYS[name]: TEXT} if name in KEYS else {"name": value(name, match[1], depth)}
        if name == "capacity":
            return {"storage": TEXT}
        if kind in plain:
            return known(name, plain[kind])
        shape = getattr(cce, kind, None)
        if kind == "str" or not getattr(shape, "openapi_types", None):
            return text(name)
        return filled(shape, depth - 1)

    def filled(shape, depth=DEEPEST):
        names = [name for name, kind in shape.openapi_types.items() if depth > 0 or kind in plain or kind == "str"]
        given = {name: value(name, shape.openapi_types[name], depth) for name in names}
        if shape.__name__ in OBJECTS:
            given["kind"], given["api_version"] = OBJECTS[shape.__name__]
        return shape(**given)

    builder = cce.CceClient.new_builder().with_credentials(BasicCredentials(KEY, SECRET, PROJECT))
    builder = builder.with_endpoint("http://" + ENDPOINT).with_http_config(HttpConfig.get_default_config())
    cloud = builder.build()
    count = 0
    for name, method in inspect.getmembers(cloud, inspect.ismethod):
        asked = re.search(r":type request: :class:`huaweicloudsdkcce\.v3\.(\w+)`", method.__doc__ or "")
        if not asked or name.endswith("_invoker"):
            continue
        source = inspect.getsource(getattr(cloud, f"_{name}_http_info"))
        if "multipart/form-data" in source or "/archive" in source:
            continue
        count += 1
        try:
            method(filled(getattr(cce, asked[1])))
        except ServiceResponseException as error:
            print(name, error.error_code, error.error_msg)
    return count


def alibaba():
    from alibabacloud_credentials.client import Client as Credential
    from alibabacloud_credentials.models import Config as CredentialConfig
    from alibabacloud_cs20151215 import models
    from alibabacloud_cs20151215.client import Client
    from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
    from alibabacloud_tea_openapi.utils_models import Config
    from darabonba.runtime import RuntimeOptions

    plain = {int: 1, float: 0.5, bool: True, typing.Any: {"member": TEXT}, dict: {"member": TEXT}}

    def value(name, kind, depth):
        if kind is str:
            return text(name)
        if kind in plain:
            return known(name, plain[kind])
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin is list:
            return [value(name, arguments[0], depth)]
        if origin is dict:
            return {"name": value(name, arguments[1], depth)}
        return filled(model(kind), depth - 1)

    def model(kind):
        """The class that an annotation names, as a text or by itself."""
        name = kind if isinstance(kind, str) else getattr(kind, "__forward_arg__", None) or kind.__name__
        return getattr(models, name.rsplit(".", 1)[-1])

    def filled(shape, depth=DEEPEST):
        given = {}
        for name, parameter in inspect.signature(shape.__init__).parameters.items():
            kind = parameter.annotation
            if isinstance(kind, str):
                kind = eval(kind, {**vars(typing), "main_models": models, **vars(models)})
            if name != "self" and (depth > 0 or kind is str or kind in plain):
                given[name] = value(name, kind, depth)
        return shape(**given)

    credential = Credential(CredentialConfig(type="access_key", access_key_id=KEY, access_key_secret=SECRET))
    cloud = Client(Config(credential=credential, region_id=REGION, endpoint=ENDPOINT, protocol="http"))
    count = 0
    for name, method in inspect.getmembers(cloud, inspect.ismethod):
        if not name.endswith("with_options"):
            continue
        arguments = []
        for parameter in inspect.signature(method).parameters.values():
            kind = parameter.annotation
            if parameter.name in ("request", "tmp_req"):
                arguments.append(filled(model(kind)))
            elif parameter.name == "headers":
                arguments.append({})
            elif parameter.name == "runtime":
                arguments.append(RuntimeOptions(autoretry=False))
            else:
                arguments.append(text(parameter.name))
        count += 1
        try:
            method(*arguments)
        except AlibabaCloudException as error:
            print(name, error.code, error.message)
    return count


def record(file):
    """Keeps the bytes of all requests: each client sends them through this class in the end."""
    send = http.client.HTTPConnection.send

    def recorded(connection, data):
        file.write(data.encode() if isinstance(data, str) else data)
        file.flush()
        return send(connection, data)

    http.client.HTTPConnection.send = recorded


def main(client):
    warnings.simplefilter("ignore")
    record(open(os.environ["WHARF_SENT"], "wb"))
    product, _, version = client.partition("-")
    if product == "cce":
        return huawei()
    if product == "ack":
        return alibaba()
    return tencent(product, "v" + (version or {"tke": "2018-05-25", "tcr": "2019-09-24"}[product]).replace("-", ""))


print(main(*sys.argv[1:]))
