"""Alibaba's two Python clients behind one way to ask: the operation by name, in and out plain data.

`Older` is aliyun-python-sdk-cs, where it has a request for the operation, and otherwise the common request of its core,
as the guide's samples do it. `Newer` is alibabacloud_cs20151215 with its typed requests and answers; whatever its
models lose or bend of an answer is an error.
"""

import importlib
import inspect
import json
import re
from unittest import mock
from urllib.parse import urlsplit

from alibabacloud_cs20151215 import models
from alibabacloud_cs20151215.client import Client
from alibabacloud_credentials.client import Client as Credential
from alibabacloud_credentials.models import Config as CredentialConfig
from alibabacloud_tea_openapi import utils as tea
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import Config
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.auth.credentials import StsTokenCredential
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest
from aliyunsdkcore.utils import parameter_helper
from aliyunsdksts.request.v20150401.AssumeRoleRequest import AssumeRoleRequest

VERSION = "2015-12-15"
# Operations for which the older client has no request.
COMMON = {
    "CreateClusterNodePool": ("POST", "/clusters/[ClusterId]/nodepools"),
    "DeleteClusterNodepool": ("DELETE", "/clusters/[ClusterId]/nodepools/[NodepoolId]"),
    "DescribeClusterNamespaces": ("GET", "/k8s/[ClusterId]/namespaces"),
    "DescribeClusterNodePoolDetail": ("GET", "/clusters/[ClusterId]/nodepools/[NodepoolId]"),
    "DescribeClusterNodePools": ("GET", "/clusters/[ClusterId]/nodepools"),
    "DescribeKubernetesVersionMetadata": ("GET", "/api/v1/metadata/versions"),
    "DescribeTemplateAttribute": ("GET", "/templates/[TemplateId]"),
    "ModifyClusterNodePool": ("PUT", "/clusters/[ClusterId]/nodepools/[NodepoolId]"),
    "ScaleClusterNodePool": ("POST", "/clusters/[ClusterId]/nodepools/[NodepoolId]"),
    # There is one, which takes the cluster's version for that of the API.
    "UpgradeCluster": ("POST", "/api/v2/clusters/[ClusterId]/upgrade"),
}
NATIVE = {"str": str, "int": int, "bool": bool}
PRIVATE = {"organization": "x-acs-organizationid", "resource_group": "x-acs-resourcegroupid"}


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def kept(given, written):
    """Whether all that was given is written; lists that are empty may be written besides."""
    if isinstance(given, dict):
        return all(name in written and kept(value, written[name]) for name, value in given.items())
    if isinstance(given, list):
        return len(given) == len(written) and all(kept(*pair) for pair in zip(given, written))
    return given == written


class Refused(Exception):
    """What a client's exception says of a refusal."""

    def __init__(self, status, code, message, request_id):
        super().__init__(f"{status} {code} {message}")
        self.status, self.code, self.message, self.request_id = status, code, message, request_id


class Older:
    name = "older"

    def __init__(self, endpoint, region, key, secret, token=None, private=None):
        url = urlsplit(endpoint)
        self.scheme, self.host, self.private = url.scheme, url.netloc, private or {}
        if token:
            self.client = AcsClient(region_id=region, credential=StsTokenCredential(key, secret, token))
        else:
            self.client = AcsClient(key, secret, region)

    def ask(self, operation, *path, query=None, body=None, form=None):
        request = self.request(operation, path)
        for name, value in (query or {}).items():
            setter = getattr(request, "set_" + name, None)
            setter(value) if setter else request.add_query_param(name, value)
        for name, value in (form or {}).items():
            getattr(request, "set_" + name)(value)
        if body is not None:
            request.set_content(json.dumps(body).encode())
            request.set_content_type("application/json")
        answer = self.send(request)
        return json.loads(answer) if answer[:1] in (b"{", b"[") else answer.decode()

    def request(self, operation, path):
        if operation in COMMON:
            method, pattern = COMMON[operation]
            request = CommonRequest(self.host, VERSION, operation, pattern, "CS")
            request.set_method(method)
            for name, value in zip(re.findall(r"\[(\w+)\]", pattern), path, strict=True):
                request.add_path_param(name, value)
            return request
        module = importlib.import_module(f"aliyunsdkcs.request.v20151215.{operation}Request")
        request = getattr(module, operation + "Request")()
        for name, value in zip(re.findall(r"\[(\w+)\]", request.get_uri_pattern()), path, strict=True):
            getattr(request, "set_" + name)(value)
        return request

    def send(self, request):
        request.set_protocol_type(self.scheme)
        request.set_endpoint(self.host)
        for name, value in self.private.items():
            request.add_header(PRIVATE[name], value)
        try:
            return self.client.do_action_with_exception(request)
        except ServerException as error:
            raise Refused(error.get_http_status(), error.get_error_code(), error.get_error_msg(),
                          error.get_request_id()) from error

    def late(self, date, _):
        return mock.patch.object(parameter_helper, "get_rfc_2616_date", lambda: date)

    def assume_role(self, **given):
        request = AssumeRoleRequest()
        for name, value in given.items():
            getattr(request, "set_" + name)(value)
        return json.loads(self.send(request))


class Newer:
    name = "newer"

    # What the server says and this client's models do not know: the guide has it.
    UNKNOWN = ("log_level", "multi_az", "overwrite_hostname", "Department", "DepartmentName", "RMRegionId",
               "ResourceGroup", "ResourceGroupName")

    def __init__(self, endpoint, region, key, secret, token=None, private=None):
        url = urlsplit(endpoint)
        kind = {"type": "sts", "security_token": token} if token else {"type": "access_key"}
        credential = Credential(CredentialConfig(access_key_id=key, access_key_secret=secret, **kind))
        self.headers = {PRIVATE[name]: value for name, value in (private or {}).items()}
        self.client = Client(Config(credential=credential, endpoint=url.netloc, region_id=region,
                                    protocol=url.scheme.upper()))
        call = self.client.call_api

        def keeping(params, request, runtime):
            params.protocol = url.scheme.upper()
            request.headers = {**(request.headers or {}), **self.headers}
            self.raw = call(params, request, runtime)
            return self.raw

        self.client.call_api = keeping

    def ask(self, operation, *path, query=None, body=None, form=None):
        call = getattr(self.client, re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower())
        arguments = list(path)
        given = {**(query or {}), **(form or {}), **(body if isinstance(body, dict) else {})}
        request = getattr(models, operation + "Request", None)
        if request is not None and "request" in inspect.signature(call).parameters:
            if isinstance(body, list):
                given = {"addons" if operation == "UnInstallClusterAddons" else "body": body}
            filled = request().from_map(given)
            written = filled.to_map()
            expect(kept(given, written), f"{operation} loses something of {given}: {written}")
            arguments.append(filled)
        try:
            answer = call(*arguments)
        except AlibabaCloudException as error:
            raise Refused(error.status_code, error.code, error.message, error.request_id) from error
        raw, read = self.raw.get("body"), getattr(answer, "body", None)
        if raw is not None and read is not None:
            self.fits(operation, raw, read, None)
        return raw

    def fits(self, path, raw, read, kind):
        """Whether the client's model has each member, and says that type of it."""
        if raw is None:
            return
        if isinstance(read, list):
            for item, one in zip(raw, read, strict=True):
                self.fits(path + "[]", item, one, kind and kind[5:-1])
        elif hasattr(read, "to_map"):
            kinds = inspect.signature(type(read).__init__).parameters
            # All answers have an identifier, which only some of the models know, by another name.
            for name, value in ((name, value) for name, value in raw.items() if name != "RequestId"):
                attribute = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
                if attribute not in kinds:
                    expect(name in self.UNKNOWN, f"the client does not know {path}.{name}")
                    continue
                self.fits(f"{path}.{name}", value, getattr(read, attribute), kinds[attribute].annotation)
        else:
            expect(read == raw, f"{path}: {raw!r} is read as {read!r}")
            expect(kind not in NATIVE or type(raw) is NATIVE[kind], f"{path} is no {kind}: {raw!r}")

    def late(self, _, date):
        return mock.patch.object(tea.Utils, "get_timestamp", staticmethod(lambda: date))
