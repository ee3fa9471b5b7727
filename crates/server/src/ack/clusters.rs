//! Clusters: read, change, tag, delete; how to reach them.

use super::answer::{local, page, pairs};
use super::{Answer, Scene, values};
use crate::input::{Input, invalid};
use serde_json::{Map, Value, json};
use wharf_world::Realm;
use wharf_world::ack::resources::{Resource, ResourceKind};
use wharf_world::ack::tasks::NewTask;
use wharf_world::ack::{AckCluster, AckClusterChange, AckClusterPhase, Deletion};
use wharf_world::cluster::Cluster;
use wharf_world::kernel::ids::{hash, hexadecimal};
use wharf_world::kernel::time::iso;

/// The lifetime of permanent credentials.
const LASTING: u64 = 3 * 365 * 24 * 60 * 60 * 1_000;

/// What clusters may be made for.
pub(super) const PROFILES: [&str; 4] = ["Default", "Edge", "Serverless", "Lingjun"];
/// The sizes of managed clusters, and the one that all have here.
pub(super) const SIZES: [&str; 5] = [SIZE, "ack.pro.small", "ack.pro.xlarge", "ack.pro.2xlarge", "ack.pro.4xlarge"];
const SIZE: &str = "ack.standard";

pub(super) fn describe_clusters_v1(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (name, kind) = (input.filled("name")?, input.filled("cluster_type")?);
    let (id, region) = (input.filled("cluster_id")?, input.filled("region_id")?);
    let profile = input.one_of("profile", &PROFILES)?;
    let size = input.one_of("cluster_spec", &SIZES)?;
    let wanted = |cluster: &Cluster, dedicated: &AckCluster| {
        name.is_none_or(|name| cluster.name.contains(name))
            && kind.is_none_or(|kind| kind == cluster_type(dedicated))
            && id.is_none_or(|id| id == cluster.id)
            && region.is_none_or(|region| region == scene.region)
            && profile.is_none_or(|profile| profile == dedicated.profile)
            && size.is_none_or(|size| dedicated.managed && size == SIZE)
    };
    let realm = &scene.realm;
    let found = realm.realm.dedicated_of(scene.owner).filter(|(cluster, dedicated)| wanted(cluster, dedicated));
    let items = found.map(|(cluster, dedicated)| {
        let mut shown = cluster_json(scene, cluster, dedicated);
        shown.extend(owner_json(scene.region, dedicated));
        Value::Object(shown)
    });
    let (clusters, info) = page(items.collect(), values::page(input, "page_number", "page_size")?);
    Ok(json!({"clusters": clusters, "page_info": info}))
}

/// Whose it is, as the lists of a private cloud tell it.
fn owner_json(region: &str, dedicated: &AckCluster) -> Map<String, Value> {
    let owner = &dedicated.owner;
    let mut out = Map::new();
    if let Ok(number) = owner.organization.parse::<i64>() {
        out.insert("Department".to_owned(), json!(number));
    }
    out.insert("DepartmentName".to_owned(), json!(format!("organization-{}", owner.organization)));
    if let Some(group) = &owner.group {
        out.extend(group.parse::<i64>().ok().map(|number| ("ResourceGroup".to_owned(), json!(number))));
        out.insert("ResourceGroupName".to_owned(), json!(format!("resource-set-{group}")));
    }
    out.insert("RMRegionId".to_owned(), json!(region));
    out
}

fn cluster_type(dedicated: &AckCluster) -> &'static str {
    if dedicated.managed { "ManagedKubernetes" } else { "Kubernetes" }
}

pub(super) fn describe_cluster_detail(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (cluster, dedicated) = scene.realm.realm.dedicated(scene.owner, input.required("ClusterId")?)?;
    let mut shown = cluster_json(scene, cluster, dedicated);
    shown.insert("cluster_spec".to_owned(), json!(SIZE));
    Ok(Value::Object(shown))
}

fn cluster_json(scene: &Scene<'_>, cluster: &Cluster, dedicated: &AckCluster) -> Map<String, Value> {
    let realm = &scene.realm;
    let phase = realm.realm.dedicated_phase(cluster, dedicated, realm.now);
    let updated = [Some(dedicated.updated), dedicated.lines(realm.now).last().map(|line| line.at)];
    let updated = updated.into_iter().flatten().max().unwrap_or(cluster.created);
    let zone = dedicated.subnets.first().and_then(|id| realm.realm.subnet(&cluster.network, id).ok());
    let components = realm.realm.ack.addons.iter().filter(|component| component.cluster == cluster.id);
    let names: Vec<Value> = components.map(|component| json!({"name": component.component.name})).collect();
    let meta = json!({"Addons": names, "ProxyMode": dedicated.proxy_mode, "RuntimeVersion": "19.03.15"});
    let ingress =
        realm.realm.resource_of(&cluster.id, ResourceKind::IngressBalancer).map(|balancer| balancer.id.as_str());
    let shown = json!({
        "cluster_id": cluster.id, "cluster_type": cluster_type(dedicated), "name": cluster.name,
        "state": phase_name(phase), "created": local(cluster.created), "updated": local(updated),
        "init_version": dedicated.first_release, "current_version": dedicated.release,
        "next_version": dedicated.next_release().unwrap_or_default(), "docker_version": "19.03.15",
        "deletion_protection": dedicated.protected, "external_loadbalancer_id": ingress.unwrap_or_default(),
        "maintenance_window": {
            "enable": false, "duration": "3h", "maintenance_time": "03:00:00Z", "weekly_period": "Thursday",
        },
        "master_url": addresses(realm.realm, dedicated).to_string(), "meta_data": meta.to_string(), "network_mode": "vpc",
        "private_zone": false, "profile": dedicated.profile, "region_id": scene.region,
        "resource_group_id": dedicated.resource_group, "security_group_id": dedicated.security_group,
        "size": cluster.nodes.len(), "subnet_cidr": cluster.range.map(|range| range.to_string()).unwrap_or_default(),
        "tags": pairs(&dedicated.tags), "vpc_id": cluster.network, "vswitch_id": dedicated.subnets.join(","),
        "worker_ram_role_name": worker_role(&cluster.id), "zone_id": zone.map_or("", |subnet| &subnet.zone),
    });
    match shown {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// The role that the workers of a cluster have.
pub(super) fn worker_role(cluster: &str) -> String {
    let digits = hexadecimal(&format!("role of {cluster}"), 32);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!("KubernetesWorkerRole-{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

fn addresses(realm: &Realm, dedicated: &AckCluster) -> Value {
    let public = public_address(realm, dedicated).map(|address| format!("https://{address}:6443"));
    json!({
        "api_server_endpoint": public.unwrap_or_default(),
        "intranet_api_server_endpoint": format!("https://{}:6443", dedicated.address),
    })
}

/// The public address of the API server.
fn public_address(realm: &Realm, dedicated: &AckCluster) -> Option<String> {
    realm.resource_of(&dedicated.cluster, ResourceKind::PublicAddress).map(Resource::address)
}

pub(super) fn phase_name(phase: AckClusterPhase) -> &'static str {
    match phase {
        AckClusterPhase::Initial => "initial",
        AckClusterPhase::Failed => "failed",
        AckClusterPhase::Running => "running",
        AckClusterPhase::Updating => "updating",
        AckClusterPhase::UpdatingFailed => "updating_failed",
        AckClusterPhase::Scaling => "scaling",
        AckClusterPhase::Deleting => "deleting",
        AckClusterPhase::DeletionFailed => "delete_failed",
    }
}

pub(super) fn delete_cluster(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let id = input.required("ClusterId")?;
    let keep_all = input.flag("retain_all_resources")?;
    let kept = if keep_all { Vec::new() } else { input.texts("retain_resources")? };
    let deletion = Deletion { keep_all, keep_balancers: input.flag("keep_slb")?, kept };
    scene.realm.drop_dedicated(scene.owner, id, deletion)?;
    let task = scene.realm.add_deletion_task(scene.owner, id);
    Ok(json!({"cluster_id": id, "task_id": task}))
}

pub(super) fn modify_cluster(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let id = input.required("ClusterId")?;
    let public = input.truth("api_server_eip")?;
    let change = AckClusterChange {
        protected: input.truth("deletion_protection")?,
        nodes_protected: input.truth("instance_deletion_protection")?,
        public: public.map(|public| Ok((public, input.owned("api_server_eip_id")?))).transpose()?,
        ingress: input.owned("ingress_loadbalancer_id")?,
        rebind_domain: input.one_of("ingress_domain_rebinding", &["true", "false"])? == Some("true"),
        resource_group: input.owned("resource_group_id")?,
    };
    scene.realm.change_dedicated(scene.owner, id, change)?;
    let task = scene.realm.add_task(NewTask::of_cluster(scene.owner, "cluster_modify", id).taking(0));
    Ok(json!({"cluster_id": id, "task_id": task}))
}

pub(super) fn modify_cluster_tags(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let tags = values::tags(input.structures("body")?, "tags")?;
    scene.realm.tag_dedicated(scene.owner, input.required("ClusterId")?, tags)?;
    Ok(Value::Null)
}

pub(super) fn describe_cluster_namespaces(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (cluster, _) = scene.realm.realm.answering(scene.owner, input.required("ClusterId")?, scene.realm.now)?;
    let names: Vec<&str> = cluster.kubernetes.namespaces.iter().map(|namespace| namespace.name.as_str()).collect();
    Ok(json!({"namespaces": names}))
}

/// The host of the API server: the inner one if it is asked for, or if there is no other.
fn api_server(realm: &Realm, dedicated: &AckCluster, inner: bool) -> String {
    let public = public_address(realm, dedicated).filter(|_| !inner);
    format!("{}:6443", public.as_ref().unwrap_or(&dedicated.address))
}

pub(super) fn describe_cluster_user_kubeconfig(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let id = input.required("ClusterId")?;
    let minutes = input.number("TemporaryDurationMinutes")?;
    let minutes =
        minutes.map(|minutes| u64::try_from(minutes).map_err(|_| invalid("TemporaryDurationMinutes is at least 15")));
    let (token, until) = scene.realm.grant(scene.owner, id, minutes.transpose()?)?;
    let (cluster, dedicated) = scene.realm.realm.dedicated(scene.owner, id)?;
    let host = api_server(scene.realm.realm, dedicated, input.flag("PrivateIpAddress")?);
    let user = format!("{}-{}", scene.realm.key.account, &id[..id.len().min(8)]);
    let until = until.unwrap_or(cluster.created + LASTING);
    let server = scene.context.api_server(&scene.context.cluster("ack", id))?;
    // Without a socket it is the address in the simulated cloud, with the authority that the caller gave.
    let (host, authority) = match &server {
        Some(server) => (&server.address, Some(server.authority.as_str())),
        None => (&host, dedicated.authority.as_deref()),
    };
    let config = cluster.kubeconfig_with(&user, host, &token, authority, None);
    Ok(json!({"config": config, "expiration": iso(until)}))
}

pub(super) fn describe_external_agent(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let id = input.required("ClusterId")?;
    let inner = match input.filled("PrivateIpAddress")?.map(str::to_ascii_lowercase).as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(invalid("PrivateIpAddress is true or false")),
    };
    let (cluster, dedicated) = scene.realm.realm.answering(scene.owner, id, scene.realm.now)?;
    let (host, token) = (api_server(scene.realm.realm, dedicated, inner), join_token(cluster));
    Ok(json!({"config": format!(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: ack-credential\n  namespace: kube-system\nstringData:\n  \
         cluster: {id}\n  token: {token}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  \
         name: ack-cluster-agent\n  namespace: kube-system\nspec:\n  replicas: 1\n  selector:\n    matchLabels:\n      \
         app: ack-cluster-agent\n  template:\n    metadata:\n      labels:\n        app: ack-cluster-agent\n    spec:\n      \
         containers:\n      - name: agent\n        image: ack-agent:v1\n        env:\n        - name: ALI_STACK_ENDPOINT\n          \
         value: https://{host}\n"
    )}))
}

/// What lets a server, or an agent, into a cluster.
pub(super) fn join_token(cluster: &Cluster) -> String {
    let secret = cluster.password();
    format!("{}.{}", &hexadecimal(&format!("join {secret}"), 6), hexadecimal(&format!("join with {secret}"), 16))
}

/// A number for something, the same at every call.
pub(super) fn number_of(text: &str) -> u64 {
    500_000_000 + hash(text) % 100_000_000
}
