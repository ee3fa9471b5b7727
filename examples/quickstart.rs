//! The main job from end to end, against a reference server inside this program.
//!
//! ```console
//! $ cargo run --example quickstart            # Tencent's TKE and TCR
//! $ cargo run --example quickstart -- cce     # Huawei's CCE
//! $ cargo run --example quickstart -- ccs     # Tencent's CCS, API 2.0
//! $ cargo run --example quickstart -- ack     # Alibaba's ACK
//! ```
#![allow(clippy::print_stdout)]
#![allow(clippy::duplicate_mod, reason = "the other walks are examples of their own too")]

#[allow(dead_code)]
mod ack_cluster;
#[allow(dead_code)]
mod cce_cluster;
#[allow(dead_code)]
mod ccs_service;
mod narrate;

use futures_util::TryStreamExt;
use narrate::{say, title, tree};
use serde_json::json;
use std::time::Duration;
use wharf::tcr::types::LifecycleType;
use wharf::tke::types::{
    AutoScalingGroupPara, ClusterType, Expander, InstanceChargeType, InstanceDeleteMode, InstanceRole,
    LaunchConfigurePara, RunInstancesPara,
};
use wharf::{Error, ErrorKind, tcr, tke};
use wharf_server::world::registry::Image;
use wharf_server::{Server, Time};

/// The network that an account of the reference server has from the start, and one of its subnets.
const NETWORK: &str = "vpc-default0";
const SUBNET: &str = "subnet-default1";

/// The account whose key the server hands out.
const ACCOUNT: &str = "100000000001";
/// Where a cluster's API server keeps the pods of the default namespace.
const PODS: &str = "/api/v1/namespaces/default/pods";

/// World seconds that pass in one of ours: a cluster takes a minute to make, nobody wants to wait for it.
const SPEED: u32 = 120;

const HELP: &str = "\
The main job from end to end, against a reference server inside this program. No account is needed.

Usage: quickstart [PRODUCT]

Products:
  tke  Tencent's TKE and TCR (the default)
  cce  Huawei's CCE; `cce aksk` signs with an access key instead of logging in
  ccs  Tencent's CCS, API 2.0
  ack  Alibaba's ACK; `ack acs3` signs with ACS3-HMAC-SHA256

Titles are bold on a terminal, unless NO_COLOR is set.";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    match std::env::args().nth(1).as_deref() {
        Some("-h" | "--help" | "help") => {
            println!("{HELP}");
            Ok(())
        }
        None | Some("tke") => walk().await,
        Some("cce") => cce_cluster::walk().await,
        Some("ccs") => ccs_service::walk().await,
        Some("ack") => ack_cluster::walk().await,
        Some(other) => Err(format!("{other} is not a product: tke, cce, ccs or ack").into()),
    }
}

async fn walk() -> Result<(), Box<dyn std::error::Error>> {
    title("A cloud on your desk");
    let server = Server::builder().time(Time::Accelerated(SPEED)).start().await?;
    say(format!("reference server at {}, time runs {SPEED} times as fast", server.endpoint()));

    let tke = tke::Connection::builder()
        .region(server.region())
        .endpoint(server.endpoint())
        .credentials(server.credentials())
        .build()?;
    let tcr = tcr::Connection::builder()
        .region(server.region())
        .endpoint(server.endpoint())
        .credentials(server.credentials())
        .build()?;

    let cluster_id = create_cluster(&tke).await?;
    add_nodes(&tke, &cluster_id).await?;
    open_endpoint(&tke, &cluster_id).await?;
    react_to_load(&tke, &cluster_id, &server).await?;
    make_repository(&tcr).await?;
    clean_up_tags(&tcr, &server).await?;
    typed_error(&tke).await?;
    picture(&tke, &tcr).await?;
    delete_everything(&tke, &tcr, &cluster_id).await?;

    title("Done");
    say(format!("{} calls, each one signed, checked and answered over HTTP", server.journal().len()));
    server.stop().await;
    Ok(())
}

async fn create_cluster(tke: &tke::Connection) -> Result<String, Error> {
    title("Create a cluster");
    let clusters = tke.clusters();
    let created = clusters
        .create_cluster()
        .cluster_type(ClusterType::ManagedCluster)
        .cluster_cidr_settings(|cidr| cidr.cluster_cidr("172.16.0.0/16").max_node_pod_num(64_u64))
        .cluster_basic_settings(|basic| basic.cluster_name("quickstart").vpc_id(NETWORK))
        .send()
        .await?;
    say(format!("asked for, it will be {}", created.cluster_id));
    let cluster = clusters
        .wait_until_running(&created.cluster_id)
        .poll_interval(Duration::from_millis(100))
        .timeout(Duration::from_secs(60))
        .on_progress(|status| say(format!("is {status}")))
        .await?;
    say(format!("Kubernetes {} on {}", cluster.cluster_version, cluster.cluster_os));
    Ok(created.cluster_id)
}

async fn add_nodes(tke: &tke::Connection, cluster_id: &str) -> Result<(), Error> {
    title("Add nodes and page through them");
    let nodes = tke.nodes();
    let machine = RunInstancesPara::default()
        .instance_type("S5.MEDIUM4")
        .instance_count(5)
        .instance_charge_type(InstanceChargeType::PostpaidByHour);
    let added = nodes.create_cluster_instances(cluster_id).run_instance_para(machine).send().await?;
    say(format!("asked for {} nodes", added.instance_id_set.len()));
    nodes
        .wait_until_instances_running(cluster_id, added.instance_id_set)
        .poll_interval(Duration::from_millis(100))
        .on_progress(|progress| say(format!("{progress}")))
        .await?;

    let mut pages = nodes.describe_cluster_instances(cluster_id).instance_role(InstanceRole::Worker).limit(2).pages();
    while let Some(page) = pages.try_next().await? {
        let line: Vec<String> =
            page.instance_set.iter().map(|node| format!("{} {}", node.instance_id, node.instance_state)).collect();
        say(format!("a page: {}", line.join(", ")));
    }
    let all: Vec<_> = nodes.describe_cluster_instances(cluster_id).items().try_collect().await?;
    say(format!("and as one stream: {} nodes", all.len()));
    Ok(())
}

async fn open_endpoint(tke: &tke::Connection, cluster_id: &str) -> Result<(), Error> {
    title("Open an endpoint and fetch the kubeconfig");
    let clusters = tke.clusters();
    clusters.create_cluster_endpoint(cluster_id).is_extranet(false).subnet_id(SUBNET).send().await?;
    clusters
        .wait_until_endpoint_created(cluster_id, false)
        .poll_interval(Duration::from_millis(100))
        .on_progress(|status| say(format!("endpoint is {status}")))
        .await?;
    let answer = clusters.describe_cluster_kubeconfig(cluster_id).send().await?;
    say(format!("logged as a whole, it shows no secret: {answer:?}"));
    for line in masked(answer.kubeconfig.expose()).take(8) {
        say(format!("  {line}"));
    }
    let version = clusters.forward_request().method("GET").path("/version").cluster_name(cluster_id).send().await?;
    let body = version.response_body.unwrap_or_default();
    say(format!("its API server answers: {}", body.expose().replace(char::is_whitespace, "")));
    Ok(())
}

/// The kubeconfig with what must stay secret struck out.
fn masked(kubeconfig: &str) -> impl Iterator<Item = String> {
    kubeconfig.lines().map(|line| match line.split_once(": ") {
        Some((key, _)) if key.contains("data") || key.contains("token") || key.contains("password") => {
            format!("{key}: ********")
        }
        _ => line.to_owned(),
    })
}

/// A scaling group that grows when pods wait for a place and shrinks when its nodes are idle.
async fn react_to_load(tke: &tke::Connection, cluster_id: &str, server: &Server) -> Result<(), Error> {
    title("Let a scaling group react to load");
    let scaling = tke.scaling();
    let group = AutoScalingGroupPara::default().min_size(0).max_size(3).vpc_id(NETWORK).subnet_ids([SUBNET]);
    let machine = LaunchConfigurePara::default().instance_type("S5.2XLARGE16");
    let created = scaling
        .create_cluster_as_group(cluster_id)
        .auto_scaling_group_para(group)
        .launch_configure_para(machine)
        .send()
        .await?;
    scaling
        .wait_until_group_enabled(cluster_id, &created.auto_scaling_group_id)
        .poll_interval(Duration::from_millis(50))
        .await?;
    scaling
        .modify_cluster_as_group_option_attribute(cluster_id)
        .cluster_as_group_option(|option| option.is_scale_down_enabled(true).expander(Expander::LeastWaste))
        .send()
        .await?;
    say(format!("{} is enabled, with 0 to 3 nodes", created.auto_scaling_group_id));

    let before = count_nodes(tke, cluster_id).await?;
    for number in 0..4 {
        kubernetes(tke, cluster_id, "POST", PODS, &heavy_pod(number)).await?;
    }
    say("four pods ask for six cores each, which no node has");
    wait_for_nodes(tke, cluster_id, |now| now == before + 3).await?;
    for number in 0..4 {
        kubernetes(tke, cluster_id, "DELETE", &format!("{PODS}/heavy-{number}"), "").await?;
    }
    say("the pods are deleted; idle nodes are removed after ten minutes, which pass at once here");
    server.advance(Duration::from_secs(600));
    wait_for_nodes(tke, cluster_id, |now| now == before).await?;
    Ok(())
}

fn heavy_pod(number: usize) -> String {
    let owner = json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "heavy", "uid": "1", "controller": true});
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": format!("heavy-{number}"), "ownerReferences": [owner]},
        "spec": {"containers": [{"name": "main", "image": "nginx", "resources": {"requests": {"cpu": "6"}}}]},
    })
    .to_string()
}

/// Passes a request on to the API server of a cluster.
async fn kubernetes(
    tke: &tke::Connection,
    cluster_id: &str,
    method: &str,
    path: &str,
    body: &str,
) -> Result<String, Error> {
    let request = tke.clusters().forward_request().method(method).path(path).cluster_name(cluster_id);
    let request = if body.is_empty() { request } else { request.request_body(body) };
    Ok(request.send().await?.response_body.unwrap_or_default().expose().to_owned())
}

async fn count_nodes(tke: &tke::Connection, cluster_id: &str) -> Result<u64, Error> {
    Ok(tke.nodes().describe_cluster_instances(cluster_id).limit(1).send().await?.total_count)
}

async fn wait_for_nodes(tke: &tke::Connection, cluster_id: &str, done: impl Fn(u64) -> bool) -> Result<(), Error> {
    let mut last = None;
    for _ in 0..600 {
        let now = count_nodes(tke, cluster_id).await?;
        if last != Some(now) {
            say(format!("the cluster has {now} nodes"));
            last = Some(now);
        }
        if done(now) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(Error::new(ErrorKind::TimedOut, "the scaling group did not follow the load"))
}

async fn make_repository(tcr: &tcr::Connection) -> Result<(), Error> {
    title("Make an image repository");
    let registry = tcr.registries();
    registry.create_user_personal().password("Quick-start-1").send().await?;
    registry.create_namespace_personal().namespace("quickstart").send().await?;
    registry.create_repository_personal().repo_name("quickstart/web").public(1_u64).description("网站").send().await?;
    let mut repositories = registry.describe_repository_owner_personal().items();
    while let Some(repository) = repositories.try_next().await? {
        say(format!("{} ({})", repository.repo_name, repository.description));
    }
    Ok(())
}

/// A rule that keeps the newest tags, seen at work when a day has passed.
async fn clean_up_tags(tcr: &tcr::Connection, server: &Server) -> Result<(), Box<dyn std::error::Error>> {
    title("Let a rule remove old tags");
    let registry = tcr.registries();
    for version in 1..=5 {
        let image = Image::new(format!("web {version}"), 10_000_000);
        server.with_world(|world| world.push_image(ACCOUNT, "quickstart/web", &format!("v{version}"), image))?;
        server.advance(Duration::from_secs(60));
    }
    registry
        .create_image_lifecycle_personal()
        .repo_name("quickstart/web")
        .r#type(LifecycleType::KeepLastNums)
        .val(2)
        .send()
        .await?;
    say(format!("pushed {}; the rule keeps the last two", tags(tcr).await?));
    server.advance(Duration::from_secs(24 * 3600));
    say(format!("a day later there are {}", tags(tcr).await?));
    Ok(())
}

async fn tags(tcr: &tcr::Connection) -> Result<String, Error> {
    let images = tcr.registries().describe_image_personal().repo_name("quickstart/web").items();
    let names: Vec<String> = images.map_ok(|image| image.tag_name).try_collect().await?;
    Ok(names.join(", "))
}

async fn typed_error(tke: &tke::Connection) -> Result<(), Error> {
    title("An error says what it is");
    let clusters = tke.clusters();
    match clusters.delete_cluster("cls-gone0000").send().await {
        Err(error) => say(format!("before anything is sent: {error}")),
        Ok(_) => say("a required field was missing and nobody noticed"),
    }
    match clusters.delete_cluster("cls-gone0000").instance_delete_mode(InstanceDeleteMode::Terminate).send().await {
        Err(error) => {
            say(format!("from the service: {error}"));
            say(format!(
                "kind {:?}, code {:?}, worth trying again: {}",
                error.kind(),
                tke::ErrorCode::of(&error),
                error.is_retryable()
            ));
            if error.kind() == ErrorKind::NotFound {
                say("so the program can go on");
            }
        }
        Ok(_) => say("deleted a cluster that was never there"),
    }
    Ok(())
}

/// Prints what the account has.
async fn picture(tke: &tke::Connection, tcr: &tcr::Connection) -> Result<(), Error> {
    title("The cloud now");
    let mut things = Vec::new();
    let mut clusters = tke.clusters().describe_clusters().items();
    while let Some(cluster) = clusters.try_next().await? {
        let nodes = tke.nodes().describe_cluster_instances(&cluster.cluster_id).items();
        let nodes = nodes.map_ok(|node| format!("node {} {}", node.instance_id, node.instance_state));
        let heading =
            format!("TKE cluster {} ({}) {}", cluster.cluster_id, cluster.cluster_name, cluster.cluster_status);
        things.push((heading, nodes.try_collect().await?));
    }
    let mut repositories = tcr.registries().describe_repository_owner_personal().items();
    while let Some(repository) = repositories.try_next().await? {
        things.push((format!("TCR repository {}", repository.repo_name), vec![format!("tags {}", tags(tcr).await?)]));
    }
    tree(&things);
    Ok(())
}

async fn delete_everything(tke: &tke::Connection, tcr: &tcr::Connection, cluster_id: &str) -> Result<(), Error> {
    title("Delete everything");
    // A policy of new clusters protects them while they have nodes.
    let nodes = tke.nodes().describe_cluster_instances(cluster_id).items().collect_all().await?;
    let delete = tke.nodes().delete_cluster_instances(cluster_id).instance_delete_mode(InstanceDeleteMode::Terminate);
    delete.instance_ids(nodes.into_iter().map(|node| node.instance_id)).send().await?;
    while tke.nodes().describe_cluster_instances(cluster_id).send().await?.total_count > 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    say("its nodes are gone, and their machines with them");
    let clusters = tke.clusters();
    clusters.delete_cluster(cluster_id).instance_delete_mode(InstanceDeleteMode::Terminate).send().await?;
    clusters.wait_until_deleted(cluster_id).poll_interval(Duration::from_millis(100)).await?;
    say(format!("{cluster_id} is gone"));
    let registry = tcr.registries();
    registry.delete_repository_personal().repo_name("quickstart/web").send().await?;
    registry.delete_namespace_personal().namespace("quickstart").send().await?;
    say("repository and namespace are gone");
    Ok(())
}
