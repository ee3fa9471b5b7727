//! A cluster of Huawei's CCE from end to end, against a reference server inside this program.
//!
//! ```console
//! $ cargo run --example cce_cluster            # logs in with a password, calls with a token
//! $ cargo run --example cce_cluster -- aksk    # signs with an access key
//! ```

#[path = "narrate/mod.rs"]
#[allow(dead_code)]
mod narrate;

use narrate::{say, title};
use std::time::Duration;
use wharf::cce::types::{
    AddonRequestMetadata, AddonStatus, ClusterAddonInstall, ClusterFlavor, ClusterSpec, InstallAddonName,
    InstanceRequestSpec, Login, NodeSpec, Volume, VolumeType,
};
use wharf::cce::{self, NodePassword, PasswordLogin};
use wharf::{Error, ErrorKind};
use wharf_server::{Server, Time};

/// The network that an account of the reference server has from the start, and one of its subnets.
const NETWORK: &str = "vpc-default0";
const SUBNET: &str = "subnet-default1";
/// The add-on that is installed later.
const ADDON: &str = "metrics-server";

/// World seconds that pass in one of ours: a cluster takes two minutes to make, nobody wants to wait for it.
const SPEED: u32 = 120;
const OFTEN: Duration = Duration::from_millis(50);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    walk().await
}

/// The whole walk; the example `quickstart` takes it too.
pub(crate) async fn walk() -> Result<(), Box<dyn std::error::Error>> {
    title("A cloud on your desk");
    let server = Server::builder().region("cn-north-1").time(Time::Accelerated(SPEED)).start().await?;
    say(format!("reference server at {}, time runs {SPEED} times as fast", server.endpoint()));

    let by_key = std::env::args().any(|argument| argument == "aksk");
    let cce = connect(&server, by_key).await?;
    let cluster_id = create_cluster(&cce).await?;
    let pool_id = create_pool(&cce, &cluster_id).await?;
    scale(&cce, &cluster_id, &pool_id).await?;
    kubeconfig(&cce, &cluster_id).await?;
    if !by_key {
        title("The token ends");
        server.expire_tokens();
        say("every token is void from now on; the next call is refused, logs in again and is sent again");
    }
    install_addon(&cce, &cluster_id).await?;
    sleep_and_wake(&cce, &cluster_id).await?;
    typed_error(&cce).await?;
    delete(&cce, &cluster_id).await?;

    title("Done");
    let (calls, logins) = (server.journal().len(), server.journal().of("IAMCreateToken").len());
    say(format!("{calls} calls, {logins} of them to log in, each one checked and answered over HTTP"));
    server.stop().await;
    Ok(())
}

async fn connect(server: &Server, by_key: bool) -> Result<cce::Connection, Error> {
    let settings =
        cce::Connection::builder().region(server.region()).endpoint(server.endpoint()).project_id(server.project_id());
    let cce = if by_key {
        title("Sign with an access key");
        settings.credentials(server.credentials()).build()?
    } else {
        title("Log in");
        let user = server.iam_user();
        say(format!("as {} of the account {}", user.name, user.domain));
        settings.password_login(PasswordLogin::new(user.name, user.password, user.domain)).build()?
    };
    let projects = cce.iam().iam_list_projects().send().await?.projects;
    for project in projects.iter().filter(|project| project.name == server.region()) {
        say(format!("project {} is {}", project.name, project.id));
    }
    for quota in cce.clusters().show_quotas().send().await?.quotas {
        say(format!("quota: {} of {} {}s used", quota.used, quota.quota_limit, quota.quota_key));
    }
    Ok(cce)
}

async fn create_cluster(cce: &cce::Connection) -> Result<String, Error> {
    title("Create a cluster");
    let clusters = cce.clusters();
    let addons = [InstallAddonName::Coredns, InstallAddonName::StorageDriver];
    let addons = addons.map(|name| ClusterAddonInstall::default().addon_template_name(name));
    let spec = ClusterSpec::virtual_machines(ClusterFlavor::CceS1Small, NETWORK, SUBNET)
        .description("from the example")
        .container_network(|network| network.cidr("172.16.0.0/16"));
    let created = clusters
        .create_cluster()
        .metadata(|cluster| cluster.name("cce-cluster").labels([("team", "platform")]).install_addons(addons))
        .set_spec(spec)
        .send()
        .await?;
    let id = created.metadata.uid.clone().unwrap_or_default();
    say(format!("asked for, it will be {id}"));
    if let Some(job) = created.job_id() {
        say(format!("its job is {job}"));
        follow(cce, job).await?;
    }
    let cluster = clusters.wait_until_available(&id).poll_interval(OFTEN).await?;
    say(format!("Kubernetes {} is {}", cluster.spec.version.unwrap_or_default(), cluster.status.phase));
    for endpoint in cluster.status.endpoints {
        say(format!("{} endpoint: {}", endpoint.r#type, endpoint.url));
    }
    Ok(id)
}

/// Tells how far a job is, with its parts, until it is done.
async fn follow(cce: &cce::Connection, job: &str) -> Result<(), Error> {
    let done = cce.job(job).wait().poll_interval(OFTEN).on_progress(|progress| say(format!("  {progress}"))).await?;
    say(format!("{} is done", done.spec.r#type));
    Ok(())
}

async fn create_pool(cce: &cce::Connection, cluster_id: &str) -> Result<String, Error> {
    title("Make a node pool");
    let password = NodePassword::from_plain("Correct-Horse-7")?;
    say(format!("the password is salted and hashed here: {} characters travel", password.expose().len()));
    let server = NodeSpec::server("s6.large.2", "random", Login::password(password))
        .os("EulerOS 2.5")
        .root_volume(|_| Volume::new(VolumeType::Sas, 50))
        .k8s_tags([("tier", "web")]);
    let pools = cce.scaling();
    let pool = pools
        .create_node_pool(cluster_id)
        .metadata(|pool| pool.name("web"))
        .spec(|spec| spec.set_node_template(server).initial_node_count(2))
        .send()
        .await?;
    let id = pool.metadata.uid.unwrap_or_default();
    say(format!("the pool is {id}"));
    wait_for_pool(cce, cluster_id, &id).await?;
    for node in cce.nodes().list_nodes(cluster_id).send().await?.items {
        let (name, status) = (node.metadata.name.unwrap_or_default(), node.status);
        let phase = status.phase.unwrap_or_default();
        say(format!("node {name} at {} is {phase}", status.private_ip.unwrap_or_default()));
    }
    Ok(id)
}

async fn wait_for_pool(cce: &cce::Connection, cluster_id: &str, pool_id: &str) -> Result<(), Error> {
    let waiter = cce.scaling().wait_until_node_pool_settled(cluster_id, pool_id).poll_interval(OFTEN);
    waiter.on_progress(|progress| say(format!("  {progress}"))).await.map(drop)
}

async fn scale(cce: &cce::Connection, cluster_id: &str, pool_id: &str) -> Result<(), Error> {
    for size in [4, 1] {
        title(&format!("Scale to {size}"));
        let update = cce.scaling().update_node_pool(cluster_id, pool_id);
        update.spec(|spec| spec.initial_node_count(size).node_template(|template| template)).send().await?;
        wait_for_pool(cce, cluster_id, pool_id).await?;
    }
    Ok(())
}

async fn kubeconfig(cce: &cce::Connection, cluster_id: &str) -> Result<(), Error> {
    title("Fetch the kubeconfig");
    let certificate = cce.clusters().get_cluster_cert(cluster_id).send().await?;
    let config = certificate.kubeconfig();
    say(format!("logged as a whole, it shows no secret: {config:?}"));
    for line in config.expose().lines() {
        // What must stay secret is struck out.
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        say(format!("  {name}:{}", if name.ends_with("-data") { " ********" } else { value }));
    }
    Ok(())
}

async fn install_addon(cce: &cce::Connection, cluster_id: &str) -> Result<(), Error> {
    title("Install an add-on");
    let clusters = cce.clusters();
    let offered = clusters.list_addon_templates().send().await?.items;
    let names: Vec<&str> = offered.iter().map(|template| template.metadata.name.as_str()).collect();
    say(format!("offered: {}", names.join(", ")));
    let template = offered.iter().find(|template| template.metadata.name == ADDON);
    let version = template.and_then(|template| template.spec.versions.first()).map(|newest| newest.version.clone());
    let spec = InstanceRequestSpec::default()
        .cluster_id(cluster_id)
        .addon_template_name(ADDON)
        .version(version.unwrap_or_default())
        .values([("custom", serde_json::json!({}))]);
    let install = clusters.create_addon_instance().set_metadata(AddonRequestMetadata::install());
    let mut addon = install.set_spec(spec).send().await?.status;
    // An add-on has no job: one asks after it.
    for _ in 0..200 {
        if addon.status != AddonStatus::Installing {
            break;
        }
        tokio::time::sleep(OFTEN).await;
        let listed = clusters.list_addon_instances(cluster_id).send().await?.items;
        let there = listed.into_iter().find(|there| there.metadata.name == ADDON);
        addon = there.map(|there| there.status).unwrap_or_default();
    }
    for there in clusters.list_addon_instances(cluster_id).send().await?.items {
        say(format!("{} {} is {}", there.metadata.name, there.spec.version, there.status.status));
    }
    Ok(())
}

async fn sleep_and_wake(cce: &cce::Connection, cluster_id: &str) -> Result<(), Error> {
    title("Sleep, and wake");
    let clusters = cce.clusters();
    let tell = |progress: &cce::cluster::waiters::ClusterProgress| say(format!("  {progress}"));
    clusters.hibernate_cluster(cluster_id).send().await?;
    clusters.wait_until_hibernated(cluster_id).poll_interval(OFTEN).on_progress(tell).await?;
    clusters.awake_cluster(cluster_id).send().await?;
    clusters.wait_until_available(cluster_id).poll_interval(OFTEN).on_progress(tell).await?;
    Ok(())
}

async fn typed_error(cce: &cce::Connection) -> Result<(), Error> {
    title("An error says what it is");
    let clusters = cce.clusters();
    match clusters.create_cluster().metadata(|cluster| cluster.name("half")).send().await {
        Err(error) => say(format!("before anything is sent: {error}")),
        Ok(_) => say("a required field was missing and nobody noticed"),
    }
    match clusters.get_cluster("00000000-0000-0000-0000-000000000000").send().await {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            say(format!("from the service: {error}"));
            let status = error.status().unwrap_or_default();
            say(format!("status {status}, code {:?}, kind {:?}", cce::ErrorCode::of(&error), error.kind()));
        }
        Err(error) => return Err(error),
        Ok(_) => say("found a cluster that was never there"),
    }
    Ok(())
}

async fn delete(cce: &cce::Connection, cluster_id: &str) -> Result<(), Error> {
    title("Delete everything");
    let clusters = cce.clusters();
    let deleted = clusters.delete_cluster(cluster_id).send().await?;
    if let Some(job) = deleted.job_id() {
        follow(cce, job).await?;
    }
    clusters.wait_until_deleted(cluster_id).poll_interval(OFTEN).await?;
    let left = clusters.list_clusters().send().await?.items;
    say(format!("{cluster_id} is gone, and its nodes with it; {} clusters are left", left.len()));
    Ok(())
}
