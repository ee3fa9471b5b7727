// The first steps, while the cloud is empty: endpoint, key, and a few lines for an SDK.

import { call } from "./api.js";
import { cloudFacts } from "./clouds.js";
import { byId, h, setText } from "./dom.js";

const SDKS = {
  Rust: ({ host, key, region }) => `let tke = wharf::tke::Connection::builder()
    .endpoint("http://${host}")
    .region("${region}")
    .credentials(wharf::Credentials::new("${key}", secret))
    .build()?;
println!("{}", tke.clusters().describe_clusters().send().await?.total_count);`,
  Python: ({ host, key, region }) => `import wharf

credentials = wharf.Credentials("${key}", secret)
tke = wharf.tke.Connection(endpoint="http://${host}", region="${region}", credentials=credentials)
print(tke.clusters.describe_clusters().total_count)`,
  "Tencent's Python SDK": ({ host, key, region }) => `from tencentcloud.common import credential
from tencentcloud.common.profile import client_profile, http_profile
from tencentcloud.tke.v20180525 import models, tke_client

http = http_profile.HttpProfile(protocol="http", endpoint="${host}")
profile = client_profile.ClientProfile(httpProfile=http)
client = tke_client.TkeClient(credential.Credential("${key}", secret), "${region}", profile)
print(client.DescribeClusters(models.DescribeClustersRequest()).to_json_string())`,
  "Huawei's Python SDK": ({ host, key, project }) => `from huaweicloudsdkcce.v3 import CceClient, ListClustersRequest
from huaweicloudsdkcore.auth.credentials import BasicCredentials

credentials = BasicCredentials("${key}", secret, "${project}")
client = CceClient.new_builder().with_credentials(credentials).with_endpoint("http://${host}").build()
print(client.list_clusters(ListClustersRequest()))`,
  "Alibaba's Python SDK": ({ host, key, region }) => `from alibabacloud_cs20151215.client import Client
from alibabacloud_cs20151215.models import DescribeClustersV1Request
from alibabacloud_tea_openapi.models import Config

config = Config(access_key_id="${key}", access_key_secret=secret, region_id="${region}", endpoint="${host}", protocol="http")
print(Client(config).describe_clusters_v1(DescribeClustersV1Request()).body.to_map())`,
};

let panel, code, facts;
let chosen = "Rust";
let project = "the project";

function build() {
  code = h("pre", { tabindex: 0, "aria-label": "Example" });
  facts = h("dl", { class: "facts" });
  const buttons = Object.keys(SDKS).map((name) => h("button", { type: "button", onclick: () => choose(name) }, name));
  const choose = (name) => {
    chosen = name;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.textContent === name));
    write();
  };
  panel = h(
    "section",
    { class: "panel start" },
    h("h2", null, "This cloud is empty"),
    h("p", null, "Point a client at this server, and what it makes appears here. The secret is in the line that the server printed when it was ready."),
    facts,
    h("div", { class: "choices", role: "group", "aria-label": "SDK" }, buttons),
    code,
  );
  byId("start").append(panel);
  choose(chosen);
}

function write() {
  const cloud = cloudFacts();
  const values = {
    host: location.host,
    key: cloud?.key ?? "the key",
    region: cloud?.region ?? "the region",
    project,
  };
  setText(code, SDKS[chosen](values));
  const lines = [["Endpoint", location.origin], ["Key", values.key], ["Region", values.region]];
  facts.replaceChildren(...lines.flatMap(([name, value]) => [h("dt", null, name), h("dd", { class: "mono" }, value)]));
}

/** Reads Huawei's project of an account. The examples do without it if it cannot be read. */
async function readProject(account) {
  const { accounts } = await call("GET", "accounts").catch(() => ({ accounts: [] }));
  project = accounts.find((other) => other.account === account)?.project_id ?? project;
  write();
}

/** Shows the first steps if there is nothing in the cloud. */
export function showStart(state) {
  const empty = state.clusters.length === 0 && state.registries.every((registry) => registry.repositories.length === 0);
  if (empty && !panel) build();
  byId("start").hidden = !empty;
  const key = JSON.stringify(cloudFacts());
  if (empty && panel.dataset.shown !== key) {
    panel.dataset.shown = key;
    write();
    readProject(cloudFacts()?.account);
  }
}
