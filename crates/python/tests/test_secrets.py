"""Secrets are values that are never shown."""

from __future__ import annotations

import pickle
import traceback
from typing import Any

import pytest
from conftest import SECRET

import wharf
from wharf.server import Server
from wharf.tke import types


def shown(value: Any) -> str:
    return "\n".join([repr(value), str(value), f"{value}", f"{[value]}", f"{value!r}"])


def test_secrets_do_not_show() -> None:
    secret = wharf.Secret(SECRET)
    assert SECRET not in shown(secret) and secret.expose() == SECRET
    assert secret == wharf.Secret(SECRET) != wharf.Secret("x") and secret != SECRET
    assert hash(secret) == hash(wharf.Secret(SECRET)) and secret and not wharf.Secret("")
    assert pickle.loads(pickle.dumps(secret)) == secret
    text = wharf.JsonText(f'{{"password": "{SECRET}"}}')
    assert SECRET not in shown(text) and text.parse() == {"password": SECRET}
    assert pickle.loads(pickle.dumps(text)) == text
    with pytest.raises(ValueError) as caught:
        wharf.JsonText(f"{{{SECRET}").parse()
    assert SECRET not in shown(caught.value)
    credentials = wharf.Credentials("id", SECRET, SECRET)
    assert SECRET not in shown(credentials) and credentials.secret.expose() == SECRET
    assert credentials == wharf.Credentials("id", wharf.Secret(SECRET), SECRET)
    assert pickle.loads(pickle.dumps(credentials)) == credentials


def test_environment_variables_and_documents_do_not_show() -> None:
    document = f'[{{"values": {{"key": "{SECRET}"}}}}]'
    metadata = wharf.cce.types.ClusterMetadata(name="c", annotations={"cluster.install.addons/install": document})
    assert SECRET not in shown(metadata) and "cluster.install.addons/install" in shown(metadata)
    variable = wharf.ccs.types.Env(name="DB_PASSWORD", value=SECRET)
    assert SECRET not in shown(variable) and "DB_PASSWORD" in shown(variable)
    addon = wharf.ack.types.InstallAddon(name="a", config=document)
    assert SECRET not in shown(addon)


def test_secrets_of_answers(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    wharf_server.faults.answer({"CertificationAuthority": "ca", "Password": SECRET, "Kubeconfig": SECRET, "UserName": "admin"})
    answer = tke.clusters.describe_cluster_security(cluster_id="cls-1")
    assert isinstance(answer.password, wharf.Secret) and answer.password.expose() == SECRET
    for text in (shown(answer), shown(answer.to_dict())):
        assert SECRET not in text and "[hidden]" in text and "admin" in text
    assert answer.to_dict(expose_secrets=True)["password"] == SECRET
    assert pickle.loads(pickle.dumps(answer)) == answer
    wharf_server.faults.clear()
    wharf_server.faults.answer({"TotalCount": 1, "Clusters": [{"Property": f'{{"Token": "{SECRET}"}}'}]})
    (cluster,) = tke.clusters.describe_clusters().clusters
    assert isinstance(cluster.property, wharf.JsonText) and cluster.property.parse() == {"Token": SECRET}
    assert SECRET not in shown(cluster)


def test_secrets_of_inputs(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    login = types.LoginSettings(password=SECRET)
    assert SECRET not in shown(login)
    for password in (SECRET, wharf.Secret(SECRET)):
        with pytest.raises(wharf.Error) as caught:
            tke.nodes.add_existed_instances(
                cluster_id="cls-gone0000", instance_ids=["ins-1"], login_settings={"password": password}
            )
        assert SECRET not in "".join(traceback.format_exception(caught.value)[-1:])
    with pytest.raises(wharf.InvalidInputError) as wrong:
        tke.nodes.add_existed_instances(
            cluster_id="cls-1",
            instance_ids=["ins-1"],
            login_settings={"password": [SECRET]},  # type: ignore[arg-type]  # pyright: ignore
        )
    assert SECRET not in shown(wrong.value) + shown(wrong.value.__dict__)
    assert all(SECRET not in shown(call.__dict__) for call in wharf_server.calls())


def test_secrets_of_connections(wharf_server: Server) -> None:
    stranger = wharf_server.connection(wharf.tke.Connection, credentials=wharf.Credentials("AKIDx", SECRET, SECRET))
    with pytest.raises(wharf.CredentialsError) as caught:
        stranger.clusters.describe_clusters()
    assert SECRET not in shown(caught.value) + shown(caught.value.__dict__) + shown(stranger) + shown(stranger.clusters)
    with pytest.raises(wharf.ConfigurationError) as wrong:
        wharf.tke.Connection(credentials={"id": "x", "secrt": SECRET})  # type: ignore[arg-type]  # pyright: ignore
    assert SECRET not in shown(wrong.value)
    user = wharf_server.user
    assert user.password.expose() not in shown(user)
    assert wharf_server.credentials.secret.expose() not in shown(wharf_server) + shown(wharf_server.credentials)
