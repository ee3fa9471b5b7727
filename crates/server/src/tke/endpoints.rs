//! Access points, credentials, and requests that are passed on to the API server.

use super::Answer;
use crate::handler::Context;
use crate::input::Input;
use base64::Engine;
use serde_json::{Value, json};
use wharf_world::Millis;
use wharf_world::World;
use wharf_world::cluster::Cluster;
use wharf_world::cluster::endpoints::{AUTHORITY, Door, Endpoint, NewEndpoint};
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::kubernetes::SYSTEM;
use wharf_world::kubernetes::request::ApiRequest;
use wharf_world::kubernetes::services::{Service, ServiceKind};

pub(super) fn create_cluster_endpoint(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let public = input.flag("IsExtranet")?;
    let parameters = input.document("ExtensiveParameters")?;
    if !public && !parameters.is_empty() {
        return Err(Reason::Invalid.because("ExtensiveParameters is for public access only"));
    }
    let new = NewEndpoint {
        public,
        subnet: input.owned("SubnetId")?,
        domain: input.owned("Domain")?,
        security_group: input.owned("SecurityGroup")?,
    };
    realm.open_endpoint(input.required("ClusterId")?, new)?;
    Ok(json!({}))
}

pub(super) fn describe_cluster_endpoint_status(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    let status = match cluster.endpoint(input.flag("IsExtranet")?) {
        Some(Endpoint { open: true, .. }) => "Created",
        Some(_) => "Creating",
        None => "NotFound",
    };
    Ok(json!({"Status": status}))
}

/// Address of an open access point, with port.
fn address(cluster: &Cluster, public: bool) -> String {
    cluster.open_endpoint(public).map(|endpoint| format!("{}:443", endpoint.address)).unwrap_or_default()
}

/// Domain name of an open access point.
fn domain(cluster: &Cluster, public: bool) -> String {
    cluster.open_endpoint(public).and_then(|endpoint| endpoint.domain.clone()).unwrap_or_default()
}

pub(super) fn describe_cluster_endpoint(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.running_cluster(input.required("ClusterId")?)?;
    let group = cluster.open_endpoint(true).and_then(|endpoint| endpoint.security_group.clone());
    Ok(json!({
        "CertificationAuthority": authority(context, cluster)?, "ClusterExternalEndpoint": address(cluster, true),
        "ClusterIntranetEndpoint": address(cluster, false), "ClusterDomain": cluster.domain(),
        "ClusterExternalDomain": domain(cluster, true), "ClusterIntranetDomain": domain(cluster, false),
        "SecurityGroup": group.unwrap_or_default(),
    }))
}

pub(super) fn describe_cluster_kubeconfig(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.running_cluster(input.required("ClusterId")?)?;
    let door = match input.filled("Type")? {
        None => None,
        Some("MASTER") => Some(Door::Master),
        Some("INNERLB") => Some(Door::Private),
        Some("INTERNETLB") => Some(Door::Public),
        Some(other) => {
            return Err(Reason::Invalid.because(format!("Type is MASTER, INNERLB or INTERNETLB, not {other}")));
        }
    };
    Ok(json!({"Kubeconfig": kubeconfig(context, cluster, &context.account, &cluster.door(door)?)?}))
}

pub(super) fn describe_cluster_security(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.running_cluster(input.required("ClusterId")?)?;
    let gateway = input.flag("JnsGwEndpointEnable")?.then(|| format!("{}:443", cluster.master_address()));
    let policy = cluster.open_endpoint(true).map(|_| ["0.0.0.0/0"]);
    Ok(json!({
        "UserName": "admin", "Password": cluster.password(), "CertificationAuthority": authority(context, cluster)?,
        "ClusterExternalEndpoint": address(cluster, true), "Domain": cluster.domain(),
        "PgwEndpoint": address(cluster, false), "SecurityPolicy": policy,
        "Kubeconfig": kubeconfig(context, cluster, "admin", &cluster.door(None)?)?, "JnsGwEndpoint": gateway,
    }))
}

/// The certificate of the authority of the cluster's API server.
fn authority(context: &Context, cluster: &Cluster) -> Outcome<String> {
    let server = context.api_server(&context.cluster("tke", &cluster.id))?;
    Ok(server.map_or_else(|| AUTHORITY.to_owned(), |there| there.authority))
}

/// A kubeconfig: for the port of the cluster, or for that host of the simulated cloud if the server has no socket.
fn kubeconfig(context: &Context, cluster: &Cluster, user: &str, host: &str) -> Outcome<String> {
    let server = context.api_server(&context.cluster("tke", &cluster.id))?;
    let (host, authority) = server.as_ref().map_or((host, None), |there| (&*there.address, Some(&*there.authority)));
    Ok(cluster.kubeconfig_with(user, host, &cluster.password(), authority))
}

pub(super) fn forward_request(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let (name, id) = (input.filled("ClusterName")?, input.filled("ClusterId")?);
    if let (Some(name), Some(id)) = (name, id)
        && name != id
    {
        return Err(Reason::Invalid.because("ClusterName and ClusterId name different clusters"));
    }
    let Some(cluster) = name.or(id) else {
        return Err(Reason::Missing.because("ClusterName must name the cluster the request is meant for"));
    };
    let mut body = input.text("RequestBody")?.unwrap_or("").to_owned();
    if input.flag("EncodedBody")? {
        let bytes = base64::engine::general_purpose::STANDARD.decode(&body).ok();
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        body = text.ok_or_else(|| Reason::Invalid.because("RequestBody is not UTF-8 text in base64"))?;
    }
    let request = ApiRequest {
        method: input.required("Method")?,
        path_and_query: input.required("Path")?,
        accept: input.filled("Accept")?.unwrap_or(""),
        content_type: input.filled("ContentType")?.unwrap_or(""),
        body: body.as_bytes(),
        ..ApiRequest::default()
    };
    Ok(json!({"ResponseBody": realm.control_plane().request(cluster, request)?.into_text()}))
}

pub(super) fn describe_cluster_services(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.running_cluster(input.required("ClusterId")?)?;
    let all = input.count("AllNamespace")?.unwrap_or(0) == 1;
    let namespace = input.filled("Namespace")?.unwrap_or("default");
    let services = cluster.kubernetes.services.iter().filter(|service| all || service.namespace == namespace);
    let set: Vec<Value> = services.map(|service| service_json(cluster, service, realm.now)).collect();
    Ok(json!({"TotalCount": set.len(), "Services": set}))
}

fn service_json(cluster: &Cluster, service: &Service, now: Millis) -> Value {
    let selector = service.selector();
    let behind = cluster.kubernetes.pods.iter().filter(|pod| {
        let chosen = selector.iter().all(|(key, value)| pod.labels.get(key) == Some(value));
        !selector.is_empty() && pod.namespace == service.namespace && chosen && !pod.stopping
    });
    let (desired, current) = behind.fold((0, 0), |(all, up), pod| (all + 1, up + i64::from(pod.running)));
    let balancer = match (&service.balancer, service.balancer_is_up(now)) {
        (None, _) => "None",
        (Some(_), false) => "Creating",
        (Some(_), true) => "Running",
    };
    let access = match service.kind {
        ServiceKind::Inside => "ClusterIP",
        ServiceKind::NodePort => "NodePort",
        ServiceKind::PublicBalancer => "LoadBalancer",
        ServiceKind::PrivateBalancer => "SvcLBTypeInner",
    };
    let labels = json!(service.labels).to_string();
    let system = service.namespace == SYSTEM;
    json!({
        "Name": service.name, "Status": if current < desired { "Waiting" } else { "Normal" },
        "ServiceIp": service.spec.get("clusterIP"), "ExternalIp": service.outside_address(now).unwrap_or_default(),
        "LbId": service.balancer.as_deref().unwrap_or(""), "LbStatus": balancer, "AccessType": access,
        "DesiredReplicas": desired, "CurrentReplicas": current, "CreatedAt": iso(service.created),
        "Namespace": service.namespace, "ReasonMap": "{}", "SourceReasonMap": "{}", "Labels": labels,
        "SysLables": if system { labels.as_str() } else { "{}" }, "UserLables": if system { "{}" } else { labels.as_str() },
        "ScaleType": "manual", "HpaPolicy": "{}",
    })
}
