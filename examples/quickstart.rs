//! The main job from end to end, against a reference server inside this program.
//!
//! `cargo run --example quickstart`
#![allow(clippy::print_stdout)]

use futures_util::TryStreamExt;
use std::time::Duration;
use wharf::tke::types::{InstanceRole, RunInstancesPara};
use wharf::{Error, ErrorKind, tcr, tke};
use wharf_server::{Server, Time};

/// The network that an account of the reference server has from the start, and one of its subnets.
const NETWORK: &str = "vpc-default0";
const SUBNET: &str = "subnet-default1";

/// World seconds that pass in one of ours: a cluster takes a minute to make, nobody wants to wait for it.
const SPEED: u32 = 60;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
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
    make_repository(&tcr).await?;
    typed_error(&tke).await?;
    delete_everything(&tke, &tcr, &cluster_id).await?;

    title("Done");
    say(format!("{} calls, each one signed, checked and answered over HTTP", server.journal().len()));
    server.stop().await;
    Ok(())
}

async fn create_cluster(tke: &tke::Connection) -> Result<String, Error> {
    title("Create a cluster");
    let clusters = tke.cluster();
    let created = clusters
        .create_cluster()
        .cluster_type("MANAGED_CLUSTER")
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
    let nodes = tke.node();
    let machine = RunInstancesPara::default()
        .instance_type("S5.MEDIUM4")
        .instance_count(5)
        .instance_charge_type("POSTPAID_BY_HOUR");
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
    let clusters = tke.cluster();
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

async fn make_repository(tcr: &tcr::Connection) -> Result<(), Error> {
    title("Make an image repository");
    let registry = tcr.registry();
    registry.create_user_personal().password("Quick-start-1").send().await?;
    registry.create_namespace_personal().namespace("quickstart").send().await?;
    registry.create_repository_personal().repo_name("quickstart/web").public(1_u64).description("网站").send().await?;
    let mut repositories = registry.describe_repository_owner_personal().items();
    while let Some(repository) = repositories.try_next().await? {
        say(format!("{} ({})", repository.repo_name, repository.description));
    }
    Ok(())
}

async fn typed_error(tke: &tke::Connection) -> Result<(), Error> {
    title("An error says what it is");
    let clusters = tke.cluster();
    match clusters.delete_cluster("cls-gone0000").send().await {
        Err(error) => say(format!("before anything is sent: {error}")),
        Ok(_) => say("a required field was missing and nobody noticed"),
    }
    match clusters.delete_cluster("cls-gone0000").instance_delete_mode("terminate").send().await {
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

async fn delete_everything(tke: &tke::Connection, tcr: &tcr::Connection, cluster_id: &str) -> Result<(), Error> {
    title("Delete everything");
    let clusters = tke.cluster();
    clusters.delete_cluster(cluster_id).instance_delete_mode("terminate").send().await?;
    clusters.wait_until_deleted(cluster_id).poll_interval(Duration::from_millis(100)).await?;
    say(format!("{cluster_id} is gone, and its machines with it"));
    let registry = tcr.registry();
    registry.delete_repository_personal().repo_name("quickstart/web").send().await?;
    registry.delete_namespace_personal().namespace("quickstart").send().await?;
    say("repository and namespace are gone");
    Ok(())
}

fn title(text: &str) {
    println!("\n\x1b[1m{text}\x1b[0m");
}

fn say(text: impl AsRef<str>) {
    println!("  {}", text.as_ref());
}
