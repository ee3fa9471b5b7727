//! Access points, credentials, services.

use super::{Cloud, RANGE, SUBNET, pod, refused};
use serde_json::{Value, json};
use wharf::tke::cluster::types::{ClusterEndpointStatus, LoadBalancerStatus, ServiceAccessType, ServiceStatus};

scenarios![a_private_access_point_opens, a_public_access_point_opens, services_are_listed_as_kubernetes_has_them];

async fn status(cloud: &Cloud, cluster: &str, public: bool) -> ClusterEndpointStatus {
    let request = cloud.clusters.describe_cluster_endpoint_status(cluster).is_extranet(public);
    request.send().await.unwrap().status.unwrap()
}

async fn kubeconfig(cloud: &Cloud, cluster: &str) -> String {
    let answer = cloud.clusters.describe_cluster_kubeconfig(cluster).send().await.unwrap();
    answer.kubeconfig.expose().to_owned()
}

async fn a_private_access_point_opens(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    assert_eq!(status(cloud, &id, false).await, ClusterEndpointStatus::NotFound);
    let before = kubeconfig(cloud, &id).await;
    let create = || {
        let request = cloud.clusters.create_cluster_endpoint(&id).is_extranet(false).subnet_id(SUBNET);
        request.domain("kube.example.com").send()
    };
    create().await.unwrap();
    assert_eq!(status(cloud, &id, false).await, ClusterEndpointStatus::Creating);
    let endpoint = cloud.clusters.describe_cluster_endpoint(&id).send().await.unwrap();
    assert_eq!(endpoint.cluster_intranet_endpoint.as_deref(), Some(""), "not open yet");
    assert_eq!(kubeconfig(cloud, &id).await, before);
    refused(create().await, "ResourceInUse", "being opened");
    cloud.pass(20);
    assert_eq!(status(cloud, &id, false).await, ClusterEndpointStatus::Created);
    assert_eq!(status(cloud, &id, true).await, ClusterEndpointStatus::NotFound);
    let endpoint = cloud.clusters.describe_cluster_endpoint(&id).send().await.unwrap();
    let address = endpoint.cluster_intranet_endpoint.unwrap();
    assert!(address.starts_with("10.200.1.") && address.ends_with(":443"), "{address}");
    assert_eq!(endpoint.cluster_intranet_domain.as_deref(), Some("kube.example.com"));
    assert_eq!(endpoint.cluster_external_endpoint.as_deref(), Some(""));
    let security = cloud.clusters.describe_cluster_security(&id).send().await.unwrap();
    assert_eq!(security.pgw_endpoint, Some(address));
    assert_eq!(security.certification_authority, endpoint.certification_authority);
    let after = kubeconfig(cloud, &id).await;
    assert!(!before.contains("kube.example.com") && after.contains("https://kube.example.com"), "{after}");
    refused(create().await, "ResourceInUse", "is open already");
}

async fn a_public_access_point_opens(cloud: &Cloud) {
    let managed = cloud.running(RANGE).await;
    let public = |id: &str| cloud.clusters.create_cluster_endpoint(id).is_extranet(true);
    refused(public(&managed).send().await, "UnsupportedOperation", "managed");
    let id = cloud.independent("172.20.0.0/16").await;
    let security = cloud.clusters.describe_cluster_security(&id).send().await.unwrap();
    assert_eq!((security.security_policy.len(), security.cluster_external_endpoint.as_deref()), (0, Some("")));
    let bandwidth = json!({"InternetAccessible": {"InternetMaxBandwidthOut": 10}});
    public(&id).security_group("sg-default0").extensive_parameters(bandwidth).send().await.unwrap();
    cloud.pass(20);
    assert_eq!(status(cloud, &id, true).await, ClusterEndpointStatus::Created);
    let endpoint = cloud.clusters.describe_cluster_endpoint(&id).send().await.unwrap();
    let address = endpoint.cluster_external_endpoint.unwrap();
    assert!(address.ends_with(":443"), "{address}");
    assert_eq!(endpoint.security_group.as_deref(), Some("sg-default0"));
    let request = cloud.clusters.describe_cluster_security(&id).jns_gw_endpoint_enable(true);
    let security = request.send().await.unwrap();
    assert_eq!(security.cluster_external_endpoint.as_deref(), Some(address.as_str()));
    assert_eq!(security.security_policy, ["0.0.0.0/0"]);
    assert_eq!(security.user_name.as_deref(), Some("admin"));
    assert!(!security.password.unwrap().is_empty());
    assert!(security.jns_gw_endpoint.is_some_and(|gateway| !gateway.is_empty()));
    let address = address.trim_end_matches(":443");
    assert!(security.kubeconfig.unwrap().expose().contains(address));
    assert!(kubeconfig(cloud, &id).await.contains(address));
}

async fn services_are_listed_as_kubernetes_has_them(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let services = "/api/v1/namespaces/default/services";
    let spec = json!({"type": "LoadBalancer", "selector": {"app": "web"}, "ports": [{"port": 80}]});
    let made = cloud.kube(&id, "POST", services, json!({"metadata": {"name": "web"}, "spec": spec})).await;
    let web = async || {
        let listed = cloud.clusters.describe_cluster_services(&id).namespace("default").send().await.unwrap();
        assert_eq!(usize::try_from(listed.total_count), Ok(listed.services.len()));
        listed.services.into_iter().find(|service| service.name.as_deref() == Some("web"))
    };
    let service = web().await.unwrap();
    assert_eq!(service.service_ip.as_deref(), made["spec"]["clusterIP"].as_str());
    assert_eq!(service.access_type, Some(ServiceAccessType::LoadBalancer));
    assert_eq!((service.lb_status, service.external_ip.as_deref()), (Some(LoadBalancerStatus::Creating), Some("")));
    assert_eq!((service.desired_replicas, service.current_replicas), (Some(0), Some(0)));
    cloud.kube(&id, "POST", super::PODS, pod("web-1", "100m")).await;
    cloud.pass(10);
    let service = web().await.unwrap();
    assert_eq!((service.desired_replicas, service.current_replicas), (Some(1), Some(0)), "no node has room");
    assert_eq!(service.status, Some(ServiceStatus::Waiting));
    assert_eq!(service.lb_status, Some(LoadBalancerStatus::Running));
    let balancer = cloud.get(&id, &format!("{services}/web")).await;
    let address = &balancer["status"]["loadBalancer"]["ingress"][0]["ip"];
    assert_eq!(service.external_ip.as_deref(), address.as_str());
    cloud.add_nodes(&id, 1).await;
    let service = web().await.unwrap();
    assert_eq!((service.current_replicas, service.status), (Some(1), Some(ServiceStatus::Normal)));

    let everywhere = cloud.clusters.describe_cluster_services(&id).all_namespace(1_u64).send().await.unwrap();
    let kubernetes = cloud.items(&id, "/api/v1/services").await;
    assert_eq!(everywhere.services.len(), kubernetes.len());
    let system = cloud.clusters.describe_cluster_services(&id).namespace("kube-system").send().await.unwrap();
    assert!(system.services.iter().all(|service| service.namespace.as_deref() == Some("kube-system")));
    assert!(system.total_count > 0 && system.total_count < everywhere.total_count);
    cloud.kube(&id, "DELETE", &format!("{services}/web"), Value::Null).await;
    assert!(web().await.is_none());
    let unknown = cloud.clusters.describe_cluster_services("cls-none").send().await;
    refused(unknown, "InvalidParameter.ClusterNotFound", "cls-none");
}
