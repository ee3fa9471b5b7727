//! Waiting for nodes and pods.

use super::Client;
use super::types::{Instance, InstanceStatus, Node};
use std::fmt;
use std::time::Duration;
use wharf_core::Error;
use wharf_core::wait::{Listed, Verdict, Waiter};

/// How long hosts may take to become nodes.
const NODES: Duration = Duration::from_secs(30 * 60);
/// How long pods may take to start or to end.
const PODS: Duration = Duration::from_secs(15 * 60);
/// How long hosts may take to be listed.
const LISTING: Duration = Duration::from_secs(10 * 60);
/// Entries that one call asks for.
const PAGE: i64 = 100;

/// How far a set of nodes or pods has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstancesProgress {
    /// Those that are as they shall be.
    pub ready: usize,
    /// Those that are waited for.
    pub wanted: usize,
    /// Those that are not, each with its state or with the reason that the service gives.
    pub others: Vec<(String, String)>,
}

impl fmt::Display for InstancesProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} ready", self.ready, self.wanted)?;
        for (name, reason) in &self.others {
            write!(f, ", {name}: {reason}")?;
        }
        Ok(())
    }
}

impl Client {
    /// Waits until all of these instances are nodes of a cluster that work (`isNormal`), and gives them in the
    /// order asked for. Asks `DescribeClusterInstances`.
    ///
    /// Goes on while one is abnormal, because that passes. One that is not listed within the
    /// [`grace`](Waiter::grace), 10 minutes here, or that disappears, is
    /// [`NotFound`](wharf_core::ErrorKind::NotFound). Gives up after 30 minutes, unless told otherwise by
    /// [`timeout`](Waiter::timeout); [`on_progress`](Waiter::on_progress) is told how many work, and what is wrong
    /// with the others.
    pub fn wait_until_nodes_normal(
        &self,
        cluster_id: impl Into<String>,
        instance_ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> Waiter<Vec<Node>, InstancesProgress> {
        let (client, cluster) = (self.clone(), cluster_id.into());
        let ids: Vec<String> = instance_ids.into_iter().map(Into::into).collect();
        let goal = format!("{} nodes of cluster {cluster} to be normal", ids.len());
        let seen = Listed::default();
        let waiter = Waiter::new(self.connection(), goal, NODES, move || {
            let (client, cluster, ids) = (client.clone(), cluster.clone(), ids.clone());
            let seen = seen.clone();
            async move {
                let mut listed = client.nodes(&cluster).await?;
                // An entry may slip from one page to another while they are read.
                if count(listed.len()) > PAGE && !ids.iter().all(|id| is_in(&listed, id)) {
                    listed = client.nodes(&cluster).await?;
                }
                let missing = seen.judge(ids.iter().map(|id| (id.as_str(), is_in(&listed, id))));
                let mut progress = InstancesProgress { wanted: ids.len(), ..InstancesProgress::default() };
                let mut nodes = Vec::new();
                for id in ids {
                    match listed.iter().find(|node| node.instance_id == id) {
                        Some(node) if node.is_normal == 1 => nodes.push(node.clone()),
                        Some(node) => {
                            let reason = node.abnormal_reason.as_ref().map_or("abnormal", |reason| reason.as_str());
                            progress.others.push((id, reason.to_owned()));
                        }
                        None => progress.others.push((id, "not listed".to_owned())),
                    }
                }
                progress.ready = nodes.len();
                let verdict =
                    if progress.others.is_empty() { Verdict::Success(nodes) } else { missing.unwrap_or(Verdict::GoOn) };
                Ok((progress, verdict))
            }
        });
        waiter.grace(LISTING)
    }

    /// Waits until a service has exactly so many pods and all of them are `Running`, and gives them. Asks
    /// `DescribeServiceInstance`.
    ///
    /// Goes on in every state of a pod: those that wait may start, and those that end make room. Gives up after
    /// 15 minutes, unless told otherwise by [`timeout`](Waiter::timeout); [`on_progress`](Waiter::on_progress) is
    /// told how many run, and what holds the others.
    pub fn wait_until_pods_running(
        &self,
        cluster_id: impl Into<String>,
        namespace: impl Into<String>,
        service_name: impl Into<String>,
        pods: usize,
    ) -> Waiter<Vec<Instance>, InstancesProgress> {
        let (client, cluster) = (self.clone(), cluster_id.into());
        let (namespace, service) = (namespace.into(), service_name.into());
        let goal = format!("{pods} pods of service {service} in the namespace {namespace} to be Running");
        Waiter::new(self.connection(), goal, PODS, move || {
            let (client, cluster) = (client.clone(), cluster.clone());
            let (namespace, service) = (namespace.clone(), service.clone());
            async move {
                let listed = client.pods(&cluster, &namespace, &service).await?;
                let (ready, others): (Vec<_>, Vec<_>) =
                    listed.into_iter().partition(|pod| pod.status == InstanceStatus::Running);
                let why = |pod: &Instance| match pod.reason.as_deref() {
                    None | Some("") => pod.status.to_string(),
                    Some(reason) => format!("{} ({reason})", pod.status),
                };
                let progress = InstancesProgress {
                    ready: ready.len(),
                    wanted: pods,
                    others: others.iter().map(|pod| (pod.name.clone(), why(pod))).collect(),
                };
                let there = others.is_empty() && ready.len() == pods;
                Ok((progress, if there { Verdict::Success(ready) } else { Verdict::GoOn }))
            }
        })
    }

    async fn nodes(&self, cluster: &str) -> Result<Vec<Node>, Error> {
        let mut found = Vec::new();
        loop {
            let skip = count(found.len());
            let page = self.describe_cluster_instances(cluster).offset(skip).limit(PAGE).send().await?;
            let (last, total) = (page.nodes.is_empty(), page.total_count);
            found.extend(page.nodes);
            if last || count(found.len()) >= total {
                return Ok(found);
            }
        }
    }

    async fn pods(&self, cluster: &str, namespace: &str, service: &str) -> Result<Vec<Instance>, Error> {
        let mut found = Vec::new();
        loop {
            let skip = count(found.len());
            let request = self.describe_service_instance(cluster).namespace(namespace).service_name(service);
            let page = request.offset(skip).limit(PAGE).send().await?;
            let (last, total) = (page.instances.is_empty(), page.total_count);
            found.extend(page.instances);
            if last || count(found.len()) >= total {
                return Ok(found);
            }
        }
    }
}

fn is_in(nodes: &[Node], id: &str) -> bool {
    nodes.iter().any(|node| node.instance_id == id)
}

fn count(entries: usize) -> i64 {
    i64::try_from(entries).unwrap_or(i64::MAX)
}
