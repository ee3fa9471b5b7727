//! Access points, credentials, and requests that are passed on to the API server.

use super::Answer;
use crate::handler::Context;
use crate::input::Input;
use crate::kubernetes::User;
use base64::Engine;
use serde_json::{Value, json};
use wharf_world::Millis;
use wharf_world::World;
use wharf_world::cluster::Cluster;
use wharf_world::cluster::endpoints::{AUTHORITY, Door, Endpoint, NewEndpoint};
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::kubernetes::SYSTEM;
use wharf_world::kubernetes::request::{ApiRequest, User as ApiUser};
use wharf_world::kubernetes::services::{Service, ServiceKind};
use wharf_world::tke::access::Credential;

pub(super) fn create_cluster_endpoint(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    input.refuse(&["ExistedLoadBalancerId"])?;
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
        policies: None,
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

pub(super) fn delete_cluster_endpoint(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    realm.close_endpoint(input.required("ClusterId")?, input.flag("IsExtranet")?)?;
    Ok(json!({}))
}

pub(super) fn create_cluster_endpoint_vip(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let flow = realm.open_public_endpoint(input.required("ClusterId")?, input.texts("SecurityPolicies")?)?;
    Ok(json!({"RequestFlowId": flow}))
}

pub(super) fn delete_cluster_endpoint_vip(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    world.tke(&context.account, &context.region).close_public_endpoint(input.required("ClusterId")?)?;
    Ok(json!({}))
}

pub(super) fn describe_cluster_endpoint_vip_status(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    let status = match cluster.endpoint(true) {
        Some(Endpoint { open: true, .. }) => "Created",
        Some(Endpoint { closing: true, .. }) => "Deleting",
        Some(_) => "Creating",
        None if cluster.tke().public_endpoint_closed => "Deleted",
        None => "NotFound",
    };
    Ok(json!({"Status": status, "ErrorMsg": ""}))
}

pub(super) fn modify_cluster_endpoint_sp(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let given = input.0.get("SecurityPolicies").is_some_and(|policies| !policies.is_null());
    let policies = given.then(|| input.texts("SecurityPolicies")).transpose()?;
    realm.change_public_endpoint(input.required("ClusterId")?, policies, input.owned("SecurityGroup")?)?;
    Ok(json!({}))
}

pub(super) fn switch_cluster_endpoint(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    realm.switch_endpoint(input.required("ClusterId")?, input.flag("IsExtranet")?, !input.flag("Rollback")?)?;
    Ok(json!({}))
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

pub(super) fn describe_cluster_endpoints(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.running_cluster(input.required("ClusterId")?)?;
    let (public, private) = (cluster.open_endpoint(true), cluster.open_endpoint(false));
    let group = |endpoint: Option<&Endpoint>| endpoint.and_then(|open| open.security_group.clone()).unwrap_or_default();
    Ok(json!({
        "CertificationAuthority": authority(context, cluster)?, "ClusterExternalEndpoint": address(cluster, true),
        "ClusterIntranetEndpoint": address(cluster, false), "ClusterDomain": cluster.domain(),
        "ClusterExternalACL": public.and_then(|open| open.policies.clone()),
        "ClusterExternalDomain": domain(cluster, true), "ClusterIntranetDomain": domain(cluster, false),
        "SecurityGroup": group(public), "IntranetSecurityGroup": group(private),
        "ClusterIntranetSubnetId": private.and_then(|open| open.subnet.clone()).unwrap_or_default(),
    }))
}

pub(super) fn describe_cluster_kubeconfig(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let id = input.required("ClusterId")?;
    realm.running_cluster(id)?;
    let door = match input.filled("Type")? {
        None => None,
        Some("MASTER") => Some(Door::Master),
        Some("INNERLB") => Some(Door::Private),
        Some("INTERNETLB") => Some(Door::Public),
        Some(other) => {
            return Err(Reason::Invalid.because(format!("Type is MASTER, INNERLB or INTERNETLB, not {other}")));
        }
    };
    let host = realm.running_cluster(id)?.door(door)?;
    let credential = realm.credential(id, context.user())?;
    Ok(json!({"Kubeconfig": kubeconfig(context, realm.running_cluster(id)?, &credential, &host)?}))
}

pub(super) fn describe_cluster_security(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let id = input.required("ClusterId")?;
    // A sub-account has a credential of its own (002:3388).
    let credential = context.sub.as_ref().map(|user| realm.credential(id, user)).transpose()?;
    let cluster = realm.running_cluster(id)?;
    let gateway = input.flag("JnsGwEndpointEnable")?.then(|| format!("{}:443", cluster.master_address()));
    let everyone = || vec!["0.0.0.0/0".to_owned()];
    let policy = cluster.open_endpoint(true).map(|open| open.policies.clone().unwrap_or_else(everyone));
    let (name, password, config) = match credential {
        None => ("admin".to_owned(), cluster.password(), admin_kubeconfig(context, cluster)?),
        Some(own) => {
            let config = kubeconfig(context, cluster, &own, &cluster.door(None)?)?;
            (own.common_name, own.token, config)
        }
    };
    Ok(json!({
        "UserName": name, "Password": password, "CertificationAuthority": authority(context, cluster)?,
        "ClusterExternalEndpoint": address(cluster, true), "Domain": cluster.domain(),
        "PgwEndpoint": address(cluster, false), "SecurityPolicy": policy,
        "Kubeconfig": config, "JnsGwEndpoint": gateway,
    }))
}

/// The certificate of the authority of the cluster's API server.
fn authority(context: &Context, cluster: &Cluster) -> Outcome<String> {
    let server = context.api_server(&context.cluster("tke", &cluster.id))?;
    Ok(server.map_or_else(|| AUTHORITY.to_owned(), |there| there.authority))
}

/// A kubeconfig of the caller: for the port of the cluster, with a client certificate, or for that host of the simulated
/// cloud if the server has no socket.
fn kubeconfig(context: &Context, cluster: &Cluster, credential: &Credential, host: &str) -> Outcome<String> {
    let key = context.cluster("tke", &cluster.id);
    let (user, token) = (context.user(), &credential.token);
    let (Some(servers), Some(server)) = (&context.api_servers, context.api_server(&key)?) else {
        return Ok(cluster.kubeconfig_with(user, host, token, None, None));
    };
    let named = User { name: credential.common_name.clone(), groups: credential.groups.clone() };
    let no_key = |_| Reason::Unavailable.because("no certificate could be made");
    let (certificate, secret) = servers.lasting_certificate(&key, named).map_err(no_key)?;
    let client = Some((certificate.as_str(), secret.as_str()));
    Ok(cluster.kubeconfig_with(user, &server.address, token, Some(&server.authority), client))
}

/// The kubeconfig of the administrator.
fn admin_kubeconfig(context: &Context, cluster: &Cluster) -> Outcome<String> {
    let server = context.api_server(&context.cluster("tke", &cluster.id))?;
    let host = cluster.door(None)?;
    let (host, authority) = server.as_ref().map_or((&*host, None), |there| (&*there.address, Some(&*there.authority)));
    Ok(cluster.kubeconfig_with("admin", host, &cluster.password(), authority, None))
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
    let Credential { common_name, groups, .. } = realm.credential(cluster, context.user())?;
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    let request = ApiRequest {
        user: ApiUser { name: &common_name, groups: &groups },
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
