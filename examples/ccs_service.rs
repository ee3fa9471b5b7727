//! A service of Tencent's CCS (API 2.0) from end to end, against a reference server inside this program:
//! deploy it, scale it, roll a new image out, look at its CPU, take it back, delete it.
//!
//! ```console
//! $ cargo run --example ccs_service
//! ```

#[path = "narrate/mod.rs"]
#[allow(dead_code)]
mod narrate;

use narrate::{say, title};
use std::time::{Duration, UNIX_EPOCH};
use wharf::Error;
use wharf::ccs::types::{AccessType, BandwidthType, Container, HealthCheck, OsName, PortMapping};
use wharf::ccs::{self, Metric, Period, Series, ServiceHandle};
use wharf_server::{Server, Time};

/// A zone of the region, as this API names it, by its place.
const ZONE: &str = "1";
/// The network that an account of the reference server has from the start, and its subnet in that zone.
const NETWORK: &str = "vpc-default0";
const SUBNET: &str = "subnet-default1";
/// World seconds that pass in one of ours.
const SPEED: u32 = 120;
const OFTEN: Duration = Duration::from_millis(50);
/// Characters of the longest bar of the chart.
const WIDTH: f64 = 40.0;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    walk().await
}

/// The whole walk; the example `quickstart` takes it too.
pub(crate) async fn walk() -> Result<(), Box<dyn std::error::Error>> {
    title("A cloud on your desk");
    let server = Server::builder().time(Time::Accelerated(SPEED)).start().await?;
    say(format!("reference server at {}, time runs {SPEED} times as fast", server.endpoint()));
    let ccs = ccs::Connection::builder()
        .region(server.region())
        .endpoint(server.endpoint())
        .credentials(server.credentials())
        .build()?;

    let cluster_id = create_cluster(&ccs).await?;
    let web = ccs.service(&cluster_id, "web");
    let first = deploy(&web).await?;
    scale(&ccs, &cluster_id, &web).await?;
    let second = roll_out(&web).await?;
    // Half an hour of the world, so that there is something to see.
    server.advance(Duration::from_secs(30 * 60));
    chart(&ccs, &cluster_id, Duration::from_millis(server.now())).await?;
    title("Take it back");
    web.roll_back().send().await?;
    let third = wait(&web).await?;
    if first == second || first != third {
        return Err(format!("{first} became {second} and then {third}").into());
    }
    typed_errors(&ccs, &web).await?;
    delete(&ccs, &cluster_id, &web).await?;

    title("Done");
    say(format!("{} calls, each one signed, checked and answered over HTTP", server.journal().len()));
    server.stop().await;
    Ok(())
}

async fn create_cluster(ccs: &ccs::Connection) -> Result<String, Error> {
    title("Create a cluster with two nodes");
    let clusters = ccs.clusters();
    let created = clusters
        .create_cluster(ZONE, NETWORK, SUBNET)
        .cluster_name("ccs-service")
        .cluster_cidr("172.16.0.0/16")
        .os_name(OsName::Ubuntu16_04_1LtsX86_64)
        .goods_num(2)
        .cpu(4)
        .mem(8)
        .bandwidth_type(BandwidthType::PayByHour)
        .bandwidth(1)
        .is_vpc_gateway(0)
        .root_size(50)
        .storage_size(0)
        .send()
        .await?;
    say(format!("asked for, it will be {}; task {} makes it", created.cluster_id, created.task_id()));
    let task = ccs.task(created.task_id());
    task.wait().poll_interval(OFTEN).on_progress(|status| say(format!("  task: {status}"))).await?;
    let cluster = clusters.wait_until_running(&created.cluster_id).poll_interval(OFTEN).await?;
    say(format!(
        "{} is {}, {} nodes, {} cores",
        cluster.cluster_id, cluster.status, cluster.node_num, cluster.total_cpu
    ));
    Ok(created.cluster_id)
}

async fn deploy(web: &ServiceHandle) -> Result<String, Error> {
    title("Deploy a service");
    let container = Container::new("web", "nginx:1.13")
        .cpu(200)
        .memory(128)
        .env("MODE", "production")
        .live_check(HealthCheck::http(80, "/").interval_time(3).timeout(2));
    web.create(2)
        .access_type(AccessType::LoadBalancer)
        .port_mappings([PortMapping::tcp(80, 80)])
        .containers([container])
        .send()
        .await?;
    wait(web).await
}

/// Tells how far the service is until it is normal, and gives what it then runs.
async fn wait(web: &ServiceHandle) -> Result<String, Error> {
    let waiter = web.wait_until_normal().poll_interval(OFTEN);
    let service = waiter.on_progress(|progress| say(format!("  {progress}"))).await?;
    let images: Vec<&str> = service.containers.iter().map(|container| container.image.as_str()).collect();
    let images = images.join(", ");
    say(format!("{} runs {images}", service.service_name));
    Ok(images)
}

async fn scale(ccs: &ccs::Connection, cluster_id: &str, web: &ServiceHandle) -> Result<String, Error> {
    title("Scale it to four");
    let nodes = ccs.nodes();
    nodes.modify_service_replicas(cluster_id).service_name("web").scale_to(4).send().await?;
    let pods = nodes.wait_until_pods_running(cluster_id, "default", "web", 4).poll_interval(OFTEN);
    for pod in pods.on_progress(|progress| say(format!("  {progress}"))).await? {
        say(format!("{} on {} is {}", pod.name, pod.node_name.unwrap_or_default(), pod.status));
    }
    wait(web).await
}

async fn roll_out(web: &ServiceHandle) -> Result<String, Error> {
    title("Roll a new image out");
    web.set_image("nginx:1.14").send().await?;
    wait(web).await
}

async fn chart(ccs: &ccs::Connection, cluster_id: &str, now: Duration) -> Result<(), Box<dyn std::error::Error>> {
    title("What it used");
    let now = UNIX_EPOCH + now;
    let series = ccs
        .monitoring()
        .series(Metric::ServiceCpuUsed)
        .cluster(cluster_id)
        .namespace("default")
        .service("web")
        .between(now - Duration::from_secs(60 * 60), now)
        .period(Period::FiveMinutes)
        .send()
        .await?;
    say(format!(
        "{} in {}, {} points, {} of them gaps",
        series.metric,
        series.unit,
        series.points.len(),
        series.gaps()
    ));
    if series.latest().is_none() {
        return Err("nothing was measured".into());
    }
    draw(&series);
    Ok(())
}

fn draw(series: &Series) {
    let most = series.measured().map(|(_, value)| value).fold(f64::MIN_POSITIVE, f64::max);
    for point in &series.points {
        let minutes = point.time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() / 60);
        let clock = format!("{:02}:{:02} UTC", minutes / 60 % 24, minutes % 60);
        match point.value {
            // At most as many characters as the width, never a negative number of them.
            Some(value) => say(format!("{clock} {value:6.3} {}", "#".repeat((value / most * WIDTH).max(0.0) as usize))),
            None => say(format!("{clock}      - ")),
        }
    }
}

async fn typed_errors(ccs: &ccs::Connection, web: &ServiceHandle) -> Result<(), Box<dyn std::error::Error>> {
    title("An error says what it is");
    let early = ccs.monitoring().series(Metric::PodInFlux).cluster("cls-1").namespace("default").service("web");
    let Err(early) = early.send().await else { return Err("a dimension was missing and nobody noticed".into()) };
    say(format!("before anything is sent: {early}"));
    let Err(late) = ccs.service("cls-00000000", "web").get().send().await else {
        return Err("found a service in a cluster that was never there".into());
    };
    say(format!("from the service: {late}; {:?}, code {}", late.kind(), late.code().unwrap_or("none")));
    let Err(twice) = web.create(1).containers([Container::new("web", "nginx")]).send().await else {
        return Err("the same service was made twice".into());
    };
    say(format!("once more: {twice}"));
    Ok(())
}

async fn delete(ccs: &ccs::Connection, cluster_id: &str, web: &ServiceHandle) -> Result<(), Error> {
    title("Delete everything");
    web.delete().send().await?;
    web.wait_until_deleted().poll_interval(OFTEN).await?;
    say("the service is gone");
    let deleted = ccs.clusters().delete_cluster(cluster_id).send().await?;
    let task = ccs.task(deleted.task_id());
    task.wait().poll_interval(OFTEN).on_progress(|status| say(format!("  task: {status}"))).await?;
    ccs.clusters().wait_until_deleted(cluster_id).poll_interval(OFTEN).await?;
    say(format!("{cluster_id} is gone, and its nodes with it"));
    Ok(())
}
