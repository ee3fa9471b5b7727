//! Events of a service, those of the last hour.

use super::{Cloud, REGISTRY, names, refused};
use wharf::ErrorKind;
use wharf::ccs::types::{EventLevel, EventObjectType, ServiceEvent};

scenarios! {
    what_happened_to_a_service,
}

async fn events(cloud: &Cloud, cluster: &str, service: &str) -> Vec<ServiceEvent> {
    let request = cloud.monitoring.describe_service_event(cluster).service_name(service).namespace("default");
    request.send().await.unwrap().event_list
}

async fn what_happened_to_a_service(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let web = cloud.deployed(&cluster, "web", 2).await;
    cloud.deployed(&cluster, "web-shop", 1).await;
    let pods = names(&cloud.pods(&cluster, "web").await);
    let good = events(cloud, &cluster, "web").await;
    assert!(!good.is_empty());
    for event in &good {
        assert_eq!(event.level, EventLevel::Normal, "{event:?}");
        assert!(event.count >= 1 && event.first_seen <= event.last_seen, "{event:?}");
        assert!(!event.reason.is_empty() && !event.message.is_empty(), "{event:?}");
        match event.obj_type {
            EventObjectType::Pod => assert!(pods.contains(&event.obj_name), "{event:?}"),
            _ => assert_eq!(event.obj_name, "web"),
        }
    }
    for pod in &pods {
        assert!(good.iter().any(|event| event.obj_name == *pod), "nothing is told of {pod}");
    }
    web.set_image(format!("{REGISTRY}/shop/none:v1")).send().await.unwrap();
    cloud.pass(60);
    let bad = events(cloud, &cluster, "web").await;
    let warned = bad.iter().filter(|event| event.level == EventLevel::Warning).collect::<Vec<_>>();
    assert!(warned.iter().any(|event| event.obj_type == EventObjectType::Pod && !pods.contains(&event.obj_name)));
    cloud.pass(3_700);
    assert!(events(cloud, &cluster, "web-shop").await.is_empty(), "of what was longer ago nothing is told");
    let nothing = cloud.monitoring.describe_service_event(&cluster).service_name("none").send().await;
    refused(nothing, ErrorKind::NotFound, "KubeResourceNotFound", "none");
}
