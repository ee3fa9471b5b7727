//! A world with something of everything in it, much of it under way.

use serde_json::json;
use wharf_world::World;
use wharf_world::ack::NewAckCluster;
use wharf_world::ack::offers::ServerKind;
use wharf_world::ack::seed::{NETWORK, SUBNETS};
use wharf_world::ack::tenancy::Owner;
use wharf_world::cce::clusters::NewCceCluster;
use wharf_world::cluster::nodes::{NodeSettings, Role};
use wharf_world::cluster::{NewCluster, NewNodes, PodNetwork, Source};
use wharf_world::infra::machines::Purchase;
use wharf_world::kubernetes::request::ApiRequest;
use wharf_world::registry::{Image, PolicyKind};
use wharf_world::{FailurePoint, MachineFault};

pub(crate) const ACCOUNT: &str = "100000000001";

fn purchase(count: u64) -> Purchase {
    Purchase {
        count,
        instance_type: Some("S5.MEDIUM4".to_owned()),
        network: "vpc-default0".to_owned(),
        subnet: "subnet-default1".to_owned(),
        ..Purchase::default()
    }
}

fn tencent_cluster(range: &str, version: &str, nodes: u64) -> NewCluster {
    let source = Source::Purchase(Box::new(purchase(nodes)));
    NewCluster {
        name: format!("of {range}"),
        version: Some(version.to_owned()),
        network: Some("vpc-default0".to_owned()),
        range: Some(range.to_owned()),
        runtime: "containerd".to_owned(),
        nodes: vec![NewNodes { role: Role::Worker, source, settings: NodeSettings::default() }],
        ..NewCluster::default()
    }
}

/// Sends a request to the API server of a cluster of TKE.
pub(crate) fn kubernetes(world: &mut World, cluster: &str, method: &str, path: &str, body: &serde_json::Value) {
    let body = body.to_string();
    let request = ApiRequest {
        method,
        path_and_query: path,
        content_type: "application/json",
        body: body.as_bytes(),
        ..ApiRequest::default()
    };
    let mut realm = world.tke(ACCOUNT, "ap-guangzhou");
    let response = realm.control_plane().request(cluster, request).unwrap();
    assert!(response.status < 300, "{path}: {}", String::from_utf8_lossy(&response.body));
}

/// A world in which clusters of all products are made, changed and deleted.
pub(crate) fn busy_world() -> World {
    let mut world = World::new(1_717_200_000_000);
    world.users.add(ACCOUNT, "200000000001", "someone");
    let tke = world.tke(ACCOUNT, "ap-guangzhou").create_cluster(tencent_cluster("172.16.0.0/16", "1.20.6", 3)).unwrap();
    world.ccs(ACCOUNT, "ap-guangzhou").create_cluster(tencent_cluster("172.17.0.0/16", "1.18.4", 2)).unwrap();
    world.advance(world.now() + 300_000);
    let order = json!({"spec": {"type": "VirtualMachine"}});
    let hosted = NewCceCluster {
        name: "hosted".to_owned(),
        flavor: "cce.s1.small".to_owned(),
        network: "vpc-default0".to_owned(),
        subnet: "subnet-default1".to_owned(),
        pod_network: PodNetwork::Overlay,
        order: order.as_object().unwrap().clone(),
        ..NewCceCluster::default()
    };
    world.cce("0a1b2c3d", "cn-north-4").order_cluster(hosted).unwrap();
    let owner = Owner { organization: "1".to_owned(), group: None };
    world.ack("26842", "cn-beijing").create_dedicated(&owner, dedicated()).unwrap();
    let deployment = |name: &str, replicas: u64| {
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
            "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "c", "image": "nginx", "resources": {"requests": {"cpu": "250m"}}}]},
            }},
        })
    };
    kubernetes(&mut world, &tke, "POST", "/apis/apps/v1/namespaces/default/deployments", &deployment("web", 5));
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "annotations": {"share": "0.1"}},
        "stringData": {"password": "hidden-word"}, "type": "Opaque",
    });
    kubernetes(&mut world, &tke, "POST", "/api/v1/namespaces/default/secrets", &secret);
    let map = json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "hidden-word"}, "data": {"hidden-word": "hidden-word"},
    });
    kubernetes(&mut world, &tke, "POST", "/api/v1/namespaces/default/configmaps", &map);
    let service = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
        "spec": {"type": "LoadBalancer", "selector": {"app": "web"}, "ports": [{"port": 80}]},
    });
    kubernetes(&mut world, &tke, "POST", "/api/v1/namespaces/default/services", &service);
    world.advance(world.now() + 15_000);
    kubernetes(&mut world, &tke, "PUT", "/apis/apps/v1/namespaces/default/deployments/web", &deployment("web", 3));
    let machine =
        world.tke(ACCOUNT, "ap-guangzhou").cluster(&tke).unwrap().nodes.iter().next().unwrap().machine.clone();
    world.break_machine(&machine, MachineFault::Kubelet);
    world.tke(ACCOUNT, "ap-guangzhou").add_new_nodes(&tke, &purchase(1), &NodeSettings::default()).unwrap();
    world.fail_next(FailurePoint::AddonInstallation, "there is no room");
    registry(&mut world);
    world
}

/// The order of a cluster of ACK with masters of its own.
fn dedicated() -> NewAckCluster {
    let server = ServerKind { instance_type: "ecs.n4.large".to_owned(), ..ServerKind::default() };
    NewAckCluster {
        name: "dedicated".to_owned(),
        profile: "Default".to_owned(),
        network: NETWORK.to_owned(),
        masters: 3,
        master_subnets: SUBNETS.map(str::to_owned).to_vec(),
        master: server.clone(),
        workers: 2,
        worker_subnets: vec![SUBNETS[0].to_owned()],
        worker: server,
        pod_range: Some("172.20.0.0/16".to_owned()),
        service_range: Some("172.21.0.0/20".to_owned()),
        pods: 64,
        proxy_mode: "ipvs".to_owned(),
        runtime: "docker".to_owned(),
        ..NewAckCluster::default()
    }
}

fn registry(world: &mut World) {
    let registry = &mut world.registry;
    registry.create_user(ACCOUNT, "Password-1").unwrap();
    registry.create_namespace(ACCOUNT, "team").unwrap();
    registry.create_repository(ACCOUNT, "team/app", false, "").unwrap();
    let image = Image::new("layer", 1_000);
    world.push_image(ACCOUNT, "team/app", "v1", image).unwrap();
    let registry = &mut world.registry;
    registry.set_policy(ACCOUNT, "team/app", PolicyKind::LastTags, 3).unwrap();
    let instance = registry.create_instance(ACCOUNT, "ap-guangzhou", "mine", "basic").unwrap();
    registry.advance(registry.now());
    let _ = registry.fail_instance(&instance, "there is no room");
}
