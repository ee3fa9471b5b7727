//! Roll-outs: another image, a halt, the way back.

use super::{Cloud, REGISTRY, names, seen, told};
use std::collections::BTreeSet;
use wharf::ErrorKind;
use wharf::ccs::types::{Container, Instance, ServiceStatus, UpdateStrategy};
use wharf_server::world::registry::Image;

scenarios! {
    another_image_and_back,
    a_roll_out_halts_and_goes_on,
    an_image_that_is_not_there_is_found_out,
    the_same_again,
    several_containers_at_once,
    all_old_ones_go_before_new_ones_come,
}

fn images(pods: &[Instance]) -> BTreeSet<String> {
    pods.iter().flat_map(|pod| pod.containers.iter().map(|container| container.image.clone())).collect()
}

fn only(image: &str) -> BTreeSet<String> {
    BTreeSet::from([image.to_owned()])
}

async fn another_image_and_back(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let web = cloud.deployed(&cluster, "web", 3).await;
    let first = names(&cloud.pods(&cluster, "web").await);
    web.set_image("nginx:1.14").send().await.unwrap();
    assert_eq!(seen(&web).await.status, ServiceStatus::Updating);
    let (service, said) = told(web.wait_until_normal()).await;
    let service = service.unwrap();
    assert!(said[0].starts_with("Updating, "), "{said:?}");
    assert_eq!(said.last().unwrap(), "Normal, 3 of 3 pods");
    assert!(
        said.iter().all(|line| !line.contains("0 of 3") && !line.contains("1 of 3")),
        "one after the other: {said:?}"
    );
    assert_eq!((service.status, service.containers[0].image.as_str()), (ServiceStatus::Normal, "nginx:1.14"));
    let pods = cloud.pods(&cluster, "web").await;
    assert_eq!(images(&pods), only("nginx:1.14"));
    assert!(names(&pods).is_disjoint(&first));

    web.roll_back().send().await.unwrap();
    assert_eq!(seen(&web).await.status, ServiceStatus::RollingBack);
    let (service, said) = told(web.wait_until_normal()).await;
    assert!(said[0].starts_with("RollingBack, "), "{said:?}");
    assert_eq!(service.unwrap().containers[0].image, "nginx:1.13");
    assert_eq!(images(&cloud.pods(&cluster, "web").await), only("nginx:1.13"));
    // Further back is not possible: what was before is now the newer one.
    web.roll_back().send().await.unwrap();
    assert_eq!(web.wait_until_normal().await.unwrap().containers[0].image, "nginx:1.14");

    let fresh = cloud.deployed(&cluster, "fresh", 1).await;
    super::refused(fresh.roll_back().send().await, ErrorKind::Service, "5100", "fresh");
}

async fn a_roll_out_halts_and_goes_on(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let web = cloud.deployed(&cluster, "web", 4).await;
    web.set_image("nginx:1.14").send().await.unwrap();
    cloud.pass(6);
    web.pause().send().await.unwrap();
    let error = web.wait_until_normal().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitFailed);
    assert!(error.message().contains("Paused"), "{error}");
    cloud.pass(3_600);
    let halfway = images(&cloud.pods(&cluster, "web").await);
    assert_eq!(halfway, BTreeSet::from(["nginx:1.13".to_owned(), "nginx:1.14".to_owned()]));
    super::refused(web.roll_back().send().await, ErrorKind::Service, "5100", "paused");
    web.resume().send().await.unwrap();
    web.wait_until_normal().await.unwrap();
    assert_eq!(images(&cloud.pods(&cluster, "web").await), only("nginx:1.14"));

    // A service at rest that is paused does not scale.
    web.pause().send().await.unwrap();
    cloud.nodes.modify_service_replicas(&cluster).service_name("web").scale_to(1).send().await.unwrap();
    cloud.pass(600);
    assert_eq!((seen(&web).await.current_replicas, cloud.pods(&cluster, "web").await.len()), (4, 4));
    web.resume().send().await.unwrap();
    assert_eq!(web.wait_until_normal().await.unwrap().current_replicas, 1);
}

async fn an_image_that_is_not_there_is_found_out(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let web = cloud.deployed(&cluster, "web", 3).await;
    let image = format!("{REGISTRY}/shop/web:v1");
    web.set_image(&image).send().await.unwrap();
    let (end, said) = told(web.wait_until_normal()).await;
    let error = end.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitFailed, "{said:?}");
    assert!(error.message().contains("Abnormal"), "{error}");
    let service = seen(&web).await;
    assert_eq!((service.status, service.reason.as_deref()), (ServiceStatus::Abnormal, Some("ImagePullBackOff")));
    assert!(!service.reason_map.is_empty() && error.message().contains(service.reason_map.keys().next().unwrap()));
    // The old pods still serve, but for the one whose place was taken.
    assert!(service.current_replicas >= 2, "{} pods", service.current_replicas);
    web.roll_back().send().await.unwrap();
    web.wait_until_normal().await.unwrap();
    assert_eq!(images(&cloud.pods(&cluster, "web").await), only("nginx:1.13"));

    // Once the image is pushed it can be rolled out.
    cloud.registry.create_repository().repo_name("shop/web").public(0_u64).send().await.unwrap();
    cloud.server.with_world(|world| world.push_image(super::ACCOUNT, "shop/web", "v1", Image::new("v1", 1))).unwrap();
    web.set_image(&image).send().await.unwrap();
    web.wait_until_normal().await.unwrap();
    assert_eq!(images(&cloud.pods(&cluster, "web").await), only(&image));
}

async fn the_same_again(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let web = cloud.deployed(&cluster, "web", 2).await;
    let before = names(&cloud.pods(&cluster, "web").await);
    web.redeploy().send().await.unwrap();
    assert_eq!(seen(&web).await.status, ServiceStatus::Updating);
    web.wait_until_normal().await.unwrap();
    let pods = cloud.pods(&cluster, "web").await;
    assert!(pods.len() == 2 && names(&pods).is_disjoint(&before));
    assert_eq!(images(&pods), only("nginx:1.13"));
}

async fn several_containers_at_once(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let duo = cloud.ccs.service(&cluster, "duo");
    let containers = [Container::new("main", "nginx:1"), Container::new("side", "busybox:1")];
    duo.create(1).containers(containers).send().await.unwrap();
    duo.wait_until_normal().await.unwrap();
    super::refused(duo.set_image("x").send().await, ErrorKind::InvalidInput, "InvalidParameter", "containers");
    let neither = cloud.clusters.modify_cluster_service_image(&cluster).service_name("duo").send().await;
    super::refused(neither, ErrorKind::InvalidInput, "InvalidParameter", "image");
    super::refused(duo.set_images([("none", "x")]).send().await, ErrorKind::NotFound, "KubeResourceNotFound", "none");
    duo.set_images([("side", "busybox:2")]).send().await.unwrap();
    duo.wait_until_normal().await.unwrap();
    let expected = BTreeSet::from(["nginx:1".to_owned(), "busybox:2".to_owned()]);
    assert_eq!(images(&cloud.pods(&cluster, "duo").await), expected);
    duo.set_images([("main", "nginx:2"), ("side", "busybox:3")]).send().await.unwrap();
    let images: Vec<String> = duo.wait_until_normal().await.unwrap().containers.into_iter().map(|c| c.image).collect();
    assert_eq!(images, ["nginx:2", "busybox:3"]);
}

async fn all_old_ones_go_before_new_ones_come(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let web = cloud.deployed(&cluster, "web", 3).await;
    let replace = web.replace(3).strategy(UpdateStrategy::Recreate);
    replace.containers([Container::new("web", "nginx:1.14")]).send().await.unwrap();
    let mut mixed = false;
    let mut none = false;
    for _ in 0..60 {
        let pods = cloud.pods(&cluster, "web").await;
        mixed |= images(&pods).len() > 1;
        none |= seen(&web).await.current_replicas == 0;
        cloud.pass(1);
    }
    assert!(none && !mixed, "none {none}, mixed {mixed}");
    assert_eq!(seen(&web).await.status, ServiceStatus::Normal);
    assert_eq!(images(&cloud.pods(&cluster, "web").await), only("nginx:1.14"));
}
