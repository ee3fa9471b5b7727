//! A cluster of Alibaba's ACK from end to end, against a reference server inside this program.
//!
//! ```console
//! $ cargo run --example ack_cluster            # assumes a role, signs with HMAC-SHA1
//! $ cargo run --example ack_cluster -- acs3    # signs with ACS3-HMAC-SHA256
//! ```

#[path = "narrate/mod.rs"]
#[allow(dead_code)]
mod narrate;

use narrate::{say, title};
use std::time::Duration;
use wharf::ack::types::{AutoScaling, ClusterType, CreateScalingGroup, Taint};
use wharf::ack::{self, Role, SignatureMethod};
use wharf::{Error, ErrorKind};
use wharf_server::{Server, Time};

/// The network that an account of the reference server has from the start, and its switches.
const NETWORK: &str = "vpc-2zewharf0000000000001";
const SWITCHES: [&str; 3] = ["vsw-2zewharf0000000000001", "vsw-2zewharf0000000000002", "vsw-2zewharf0000000000003"];

/// World seconds that pass in one of ours: a cluster takes three minutes to make, nobody wants to wait for it.
const SPEED: u32 = 120;
const OFTEN: Duration = Duration::from_millis(50);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    walk().await
}

/// The whole walk; the example `quickstart` takes it too.
pub(crate) async fn walk() -> Result<(), Box<dyn std::error::Error>> {
    title("A cloud on your desk");
    let server = Server::builder().region("cn-beijing").time(Time::Accelerated(SPEED)).start().await?;
    say(format!("reference server at {}, time runs {SPEED} times as fast", server.endpoint()));

    let ack = connect(&server).await?;
    let cluster_id = create_cluster(&ack, &server).await?;
    let pool_id = create_pool(&ack, &cluster_id).await?;
    scale(&ack, &cluster_id, &pool_id).await?;
    title("The session ends");
    server.expire_tokens();
    say("the role's credentials are void from now on; the next call is refused, gets new ones and is sent again");
    upgrade(&ack, &cluster_id).await?;
    kubeconfig(&ack, &cluster_id).await?;
    typed_error(&ack).await?;
    delete(&ack, &cluster_id).await?;

    title("Done");
    let (calls, sessions) = (server.journal().len(), server.journal().of("AssumeRole").len());
    say(format!("{calls} calls, {sessions} of them to assume the role, each one checked and answered over HTTP"));
    server.stop().await;
    Ok(())
}

async fn connect(server: &Server) -> Result<ack::Connection, Error> {
    title("Assume a role");
    let role = Role::new(server.role_arn()).session_name("walk");
    say(format!("{} with the account's own key", server.role_arn()));
    let newer = std::env::args().any(|argument| argument == "acs3");
    let ack = ack::Connection::builder()
        .region(server.region())
        .endpoint(server.endpoint())
        .credentials(server.credentials())
        .assume_role(role)
        .signature_method(if newer { SignatureMethod::Acs3HmacSha256 } else { SignatureMethod::RoaHmacSha1 })
        .build()?;
    let quota = ack.clusters().describe_user_quota().send().await?;
    say(format!(
        "quota: {} clusters, {} nodes in each",
        quota.cluster_quota.unwrap_or_default(),
        quota.node_quota.unwrap_or_default()
    ));
    Ok(ack)
}

async fn create_cluster(ack: &ack::Connection, server: &Server) -> Result<String, Error> {
    title("Create a cluster");
    let clusters = ack.clusters();
    let offered =
        clusters.describe_kubernetes_version_metadata().cluster_type(ClusterType::Kubernetes).region(server.region());
    let versions: Vec<String> = offered.send().await?.data.into_iter().map(|offered| offered.version).collect();
    say(format!("offered: {}", versions.join(", ")));
    // One before the newest, to have something to upgrade to.
    let version = versions.get(1).cloned().unwrap_or_default();
    let created = clusters
        .create_cluster()
        .name("walk")
        .cluster_type(ClusterType::Kubernetes)
        .kubernetes_version(version)
        .region_id(server.region())
        .vpc_id(NETWORK)
        .container_cidr("172.20.0.0/16")
        .service_cidr("172.21.0.0/20")
        .master_vswitch_ids(SWITCHES)
        .master_instance_types(["ecs.c5.xlarge"; 3])
        .worker_vswitch_ids(SWITCHES)
        .worker_instance_types(["ecs.n4.large"])
        .num_of_nodes(2)
        .endpoint_public_access(true)
        .tags([("team", "web")])
        .send()
        .await?;
    say(format!("asked for, it will be {}", created.cluster_id));
    let waiter = clusters.wait_until_running(&created.cluster_id).poll_interval(OFTEN);
    let cluster = waiter.on_progress(|state| say(format!("  {state}"))).await?;
    say(format!(
        "Kubernetes {}, {} nodes",
        cluster.current_version.unwrap_or_default(),
        cluster.size.unwrap_or_default()
    ));
    Ok(created.cluster_id)
}

async fn create_pool(ack: &ack::Connection, cluster_id: &str) -> Result<String, Error> {
    title("Make a node pool");
    let pool = ack
        .scaling()
        .create_cluster_node_pool(cluster_id)
        .nodepool_info(|pool| pool.name("front"))
        .count(2)
        .set_scaling_group(CreateScalingGroup::servers(["ecs.n4.large"], SWITCHES).vpc_id(NETWORK))
        .kubernetes_config(|config| {
            config.labels([("tier", "front")]).taints([Taint::prefer_no_schedule("dedicated", "web")])
        })
        .set_auto_scaling(AutoScaling::between(1, 10))
        .send()
        .await?;
    say(format!("the pool is {}", pool.nodepool_id));
    settle(ack, cluster_id, &pool.nodepool_id).await?;
    let mut nodes = ack.nodes().describe_cluster_nodes(cluster_id).nodepool_id(&pool.nodepool_id).items();
    while let Some(node) = nodes.try_next().await? {
        say(format!("node {} at {} is {}", node.instance_id, node.ip_address.join(", "), node.state));
    }
    Ok(pool.nodepool_id)
}

async fn settle(ack: &ack::Connection, cluster_id: &str, pool_id: &str) -> Result<(), Error> {
    let waiter = ack.scaling().wait_until_node_pool_settled(cluster_id, pool_id).poll_interval(OFTEN);
    waiter.on_progress(|progress| say(format!("  {progress}"))).await.map(drop)
}

async fn scale(ack: &ack::Connection, cluster_id: &str, pool_id: &str) -> Result<(), Error> {
    title("Scale: two more, then three less");
    ack.scaling().scale_cluster_node_pool(cluster_id, pool_id).count(2).send().await?;
    settle(ack, cluster_id, pool_id).await?;
    let nodes = ack.nodes().describe_cluster_nodes(cluster_id).nodepool_id(pool_id).items().collect_all().await?;
    let names: Vec<String> = nodes.iter().take(3).filter_map(|node| node.node_name.clone()).collect();
    let ids: Vec<String> = nodes.into_iter().take(3).map(|node| node.instance_id).collect();
    let remove = ack.nodes().remove_cluster_nodes(cluster_id).nodes(names).drain_node(true).release_node(true);
    remove.send().await?;
    ack.nodes().wait_until_nodes_removed(cluster_id, ids).poll_interval(OFTEN).await?;
    settle(ack, cluster_id, pool_id).await
}

async fn upgrade(ack: &ack::Connection, cluster_id: &str) -> Result<(), Error> {
    title("Upgrade");
    let clusters = ack.clusters();
    let cluster = clusters.describe_cluster_detail(cluster_id).send().await?;
    let version = cluster.next_version.unwrap_or_default();
    let upgrade = clusters.upgrade(cluster_id);
    upgrade.start(&version).send().await?;
    upgrade.pause().send().await?;
    say(format!("to {version}, and paused at once, since somebody wanted to look"));
    upgrade.resume().send().await?;
    upgrade.wait().poll_interval(OFTEN).on_progress(|progress| say(format!("  {progress}"))).await?;
    let cluster = clusters.wait_until_upgraded(cluster_id, &version).poll_interval(OFTEN).await?;
    say(format!("Kubernetes {}", cluster.current_version.unwrap_or_default()));
    Ok(())
}

async fn kubeconfig(ack: &ack::Connection, cluster_id: &str) -> Result<(), Error> {
    title("Fetch the kubeconfig");
    let answer =
        ack.clusters().describe_cluster_user_kubeconfig(cluster_id).temporary_duration_minutes(60).send().await?;
    say(format!("logged as a whole, it shows no secret: {:?}", answer.config));
    for line in answer.config.expose().lines() {
        // What must stay secret is struck out.
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let secret = ["-data", "token"].iter().any(|end| name.ends_with(end));
        say(format!("  {name}:{}", if secret { " ********" } else { value }));
    }
    Ok(())
}

async fn typed_error(ack: &ack::Connection) -> Result<(), Box<dyn std::error::Error>> {
    title("An error says what it is");
    let clusters = ack.clusters();
    match clusters.create_template().name("half").send().await {
        Err(error) => say(format!("before anything is sent: {error}")),
        Ok(_) => return Err("a required field was missing and nobody noticed".into()),
    }
    match clusters.describe_cluster_detail("c0000000000000000000000000000000").send().await {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            say(format!("from the service: {error}"));
            let status = error.status().unwrap_or_default();
            say(format!("status {status}, code {:?}, kind {:?}", ack::ErrorCode::of(&error), error.kind()));
        }
        Err(error) => return Err(error.into()),
        Ok(_) => return Err("found a cluster that was never there".into()),
    }
    Ok(())
}

async fn delete(ack: &ack::Connection, cluster_id: &str) -> Result<(), Error> {
    title("Delete everything");
    let clusters = ack.clusters();
    clusters.delete_cluster(cluster_id).send().await?;
    let waiter = clusters.wait_until_deleted(cluster_id).poll_interval(OFTEN);
    waiter.on_progress(|state| say(format!("  {state}"))).await?;
    let left = clusters.describe_clusters_v1().items().collect_all().await?;
    say(format!("{cluster_id} is gone, and its nodes with it; {} clusters are left", left.len()));
    Ok(())
}
