//! Waiting for what really happens, with world time moving at each state that is told.

use super::{Cloud, NETWORK, RANGE, SUBNET, machine};
use std::fmt::Display;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wharf::tke::scaling::types::{AutoScalingGroupPara, Label, LaunchConfigurePara, Taint};

scenarios![waiters_see_every_state_in_between];

const SOON: Duration = Duration::from_millis(1);

/// Lets as much time pass whenever a state is told, and keeps the states.
fn step<S: Display>(cloud: &Cloud, seconds: u64, told: &Arc<Mutex<Vec<String>>>) -> impl FnMut(&S) + Send + 'static {
    let (server, told) = (cloud.server.clone(), told.clone());
    move |state| {
        told.lock().unwrap().push(state.to_string());
        server.advance(Duration::from_secs(seconds));
    }
}

async fn waiters_see_every_state_in_between(cloud: &Cloud) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let states = || std::mem::take(&mut *told.lock().unwrap());
    let id = cloud.new_cluster(RANGE).send().await.unwrap().cluster_id;
    let cluster = cloud.clusters.wait_until_running(&id).poll_interval(SOON).on_progress(step(cloud, 60, &told));
    assert_eq!(cluster.await.unwrap().cluster_id, id);
    assert_eq!(states(), ["Creating", "Running"]);

    let request = cloud.nodes.create_cluster_instances(&id).run_instance_para(machine("S5.MEDIUM4"));
    let nodes = request.send().await.unwrap().instance_id_set;
    let running = cloud.clusters.wait_until_running(&id).poll_interval(SOON).on_progress(step(cloud, 15, &told));
    let joined = cloud.nodes.wait_until_instances_running(&id, &nodes).poll_interval(SOON);
    let joined = joined.on_progress(step(cloud, 15, &told));
    let (cluster, instances) = tokio::join!(running, joined);
    assert_eq!((cluster.unwrap().cluster_node_num, instances.unwrap().len()), (1, 1));
    let seen = states();
    assert!(seen.contains(&"Scaling".to_owned()) && seen.contains(&"Running".to_owned()), "{seen:?}");

    cloud.clusters.create_cluster_endpoint(&id).is_extranet(false).subnet_id(SUBNET).send().await.unwrap();
    let open = cloud.clusters.wait_until_endpoint_created(&id, false).poll_interval(SOON);
    open.on_progress(step(cloud, 20, &told)).await.unwrap();
    assert_eq!(states(), ["Creating", "Created"]);

    let group = AutoScalingGroupPara::default().min_size(0).max_size(1).vpc_id(NETWORK).subnet_ids([SUBNET]);
    let request = cloud.scaling.create_cluster_as_group(&id).auto_scaling_group_para(group);
    let request = request.launch_configure_para(LaunchConfigurePara::default().instance_type("S5.MEDIUM4"));
    let group = request.send().await.unwrap().auto_scaling_group_id;
    let enabled = cloud.scaling.wait_until_group_enabled(&id, &group).poll_interval(SOON);
    enabled.on_progress(step(cloud, 10, &told)).await.unwrap();
    assert_eq!(states(), ["enabling", "enabled"]);

    let request = cloud.scaling.create_cluster_virtual_node_pool(&id).name("burst").subnet_ids([SUBNET]);
    let request = request.security_group_ids(["sg-default0"]).labels(Vec::<Label>::new());
    let pool = request.taints(Vec::<Taint>::new()).send().await.unwrap().node_pool_id;
    let normal = cloud.scaling.wait_until_virtual_node_pool_normal(&id, &pool).poll_interval(SOON);
    normal.on_progress(step(cloud, 10, &told)).await.unwrap();
    assert_eq!(states(), ["creating", "normal"]);

    cloud.clusters.delete_cluster(&id).instance_delete_mode("terminate").send().await.unwrap();
    let deleted = cloud.clusters.wait_until_deleted(&id).poll_interval(SOON).on_progress(step(cloud, 30, &told));
    deleted.await.unwrap();
    assert_eq!(states(), ["Deleting", "Deleted"]);
}
