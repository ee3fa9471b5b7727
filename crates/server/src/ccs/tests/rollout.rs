use super::*;

fn update(cloud: &mut Cloud, id: &str, image: &str) {
    cloud.ok("ModifyClusterServiceImage", with(named(id, "web"), json!({"image": image})));
}

fn count(images: &[String], image: &str) -> usize {
    images.iter().filter(|there| *there == image).count()
}

#[test]
fn a_rolling_update_replaces_one_after_the_other() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(4);
    update(&mut cloud, &id, "nginx:2.0");
    assert_eq!(cloud.status(&id, "web"), "Updating");
    let mut mixed = false;
    for _ in 0..60 {
        let images = cloud.images(&id, "web");
        let (old, new) = (count(&images, "nginx:1.0"), count(&images, "nginx:2.0"));
        let live = cloud.pods(&id, "web").iter().filter(|pod| pod["status"] != "Terminating").count();
        assert!(images.len() >= 3 && live <= 4, "{old} {new} {live}");
        mixed |= old > 0 && new > 0;
        cloud.pass(1);
    }
    assert!(mixed);
    assert_eq!(
        (cloud.images(&id, "web"), cloud.status(&id, "web")),
        (vec!["nginx:2.0".to_owned(); 4], "Normal".into())
    );
}

#[test]
fn recreation_stops_all_before_it_starts_any() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(3);
    let change =
        json!({"strategy": "Recreate", "containers": [with(container("main"), json!({"image": "nginx:2.0"}))]});
    cloud.ok("ModifyClusterService", with(service(&id, "web", 3), change));
    for _ in 0..20 {
        let images: std::collections::BTreeSet<String> =
            cloud.pods(&id, "web").iter().map(|pod| text(&pod["containers"][0]["image"])).collect();
        assert!(images.len() <= 1, "{images:?}");
        cloud.pass(1);
    }
    assert_eq!(cloud.images(&id, "web"), vec!["nginx:2.0".to_owned(); 3]);
    assert_eq!(cloud.status(&id, "web"), "Normal");
    // The strategy stays.
    cloud.ok("RedeployClusterService", named(&id, "web"));
    assert!(cloud.pods(&id, "web").iter().all(|pod| pod["status"] == "Terminating"));
}

#[test]
fn minimum_ready_time_slows_an_update_down() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(3);
    let change = |image: &str, seconds: u64| {
        let containers = json!([with(container("main"), json!({"image": image}))]);
        json!({"strategy": "RollingUpdate", "minReadySeconds": seconds, "containers": containers})
    };
    let mut duration = |image: &str, seconds: u64| {
        cloud.ok("ModifyClusterService", with(service(&id, "web", 3), change(image, seconds)));
        (0..600)
            .take_while(|_| {
                cloud.pass(1);
                cloud.status(&id, "web") != "Normal"
            })
            .count()
    };
    let (fast, slow) = (duration("nginx:2.0", 0), duration("nginx:3.0", 30));
    assert!(slow >= fast + 3 * 30, "{fast} {slow}");
}

#[test]
fn a_paused_update_stops_and_goes_on() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(6);
    update(&mut cloud, &id, "nginx:2.0");
    cloud.pass(12);
    cloud.ok("PauseClusterService", named(&id, "web"));
    assert_eq!(cloud.status(&id, "web"), "Paused");
    cloud.pass(20);
    let images = cloud.images(&id, "web");
    assert!(count(&images, "nginx:1.0") > 0 && count(&images, "nginx:2.0") > 0, "{images:?}");
    cloud.pass(600);
    assert_eq!(cloud.images(&id, "web"), images, "nothing moves");
    cloud.ok("ResumeClusterService", named(&id, "web"));
    assert_eq!(cloud.status(&id, "web"), "Updating");
    cloud.pass(60);
    assert_eq!(cloud.images(&id, "web"), vec!["nginx:2.0".to_owned(); 6]);
    assert_eq!(cloud.status(&id, "web"), "Normal");
}

#[test]
fn a_paused_service_neither_scales_nor_updates_until_it_goes_on() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(2);
    cloud.ok("PauseClusterService", named(&id, "web"));
    cloud.ok("ModifyServiceReplicas", with(named(&id, "web"), json!({"scaleTo": 4})));
    update(&mut cloud, &id, "nginx:2.0");
    cloud.pass(60);
    assert_eq!(cloud.images(&id, "web"), vec!["nginx:1.0".to_owned(); 2]);
    assert_eq!(cloud.service(&id, "web")["desiredReplicas"], 4);
    cloud.ok("ResumeClusterService", named(&id, "web"));
    cloud.pass(60);
    assert_eq!(cloud.images(&id, "web"), vec!["nginx:2.0".to_owned(); 4]);
}

#[test]
fn pods_of_a_paused_service_are_still_replaced() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(2);
    cloud.ok("PauseClusterService", named(&id, "web"));
    let pod = cloud.pods(&id, "web")[0]["name"].clone();
    cloud.ok("DeleteInstances", json!({"clusterId": id, "instances": [pod]}));
    cloud.pass(10);
    assert_eq!(cloud.images(&id, "web").len(), 2);
}

#[test]
fn a_roll_back_goes_to_the_configuration_before() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(3);
    assert_eq!(cloud.code("RollBackClusterService", named(&id, "web")), "5100", "there is none before");
    update(&mut cloud, &id, "nginx:2.0");
    cloud.pass(60);
    cloud.ok("RollBackClusterService", named(&id, "web"));
    assert_eq!(cloud.status(&id, "web"), "RollingBack");
    cloud.pass(60);
    assert_eq!(
        (cloud.images(&id, "web"), cloud.status(&id, "web")),
        (vec!["nginx:1.0".to_owned(); 3], "Normal".into())
    );
    cloud.ok("RollBackClusterService", named(&id, "web"));
    cloud.pass(60);
    assert_eq!(cloud.images(&id, "web"), vec!["nginx:2.0".to_owned(); 3], "only one configuration is kept");
    cloud.ok("PauseClusterService", named(&id, "web"));
    assert_eq!(cloud.code("RollBackClusterService", named(&id, "web")), "5100");
}

#[test]
fn a_roll_back_saves_an_update_that_cannot_work() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(3);
    update(&mut cloud, &id, "ccr.ccs.tencentyun.com/none/none:v1");
    cloud.pass(120);
    let service = cloud.service(&id, "web");
    assert_eq!((&service["status"], &service["reason"]), (&json!("Updating"), &json!("ImagePullBackOff")));
    assert!(count(&cloud.images(&id, "web"), "nginx:1.0") >= 2, "the old ones go on serving");
    cloud.ok("RollBackClusterService", named(&id, "web"));
    cloud.pass(60);
    assert_eq!(
        (cloud.images(&id, "web"), cloud.status(&id, "web")),
        (vec!["nginx:1.0".to_owned(); 3], "Normal".into())
    );
}

#[test]
fn images_are_given_for_the_only_container_or_by_name() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(1);
    let two = json!({"serviceName": "two", "containers": [container("a"), container("b")]});
    cloud.ok("CreateClusterService", with(service(&id, "two", 1), two));
    for (code, wrong) in [
        ("InvalidParameter", json!({})),
        ("InvalidParameter", json!({"image": "nginx:2", "containers": [{"containerName": "a", "image": "nginx:2"}]})),
        ("InvalidParameter", json!({"image": "nginx:2"})),
        ("KubeResourceNotFound", json!({"containers": [{"containerName": "c", "image": "nginx:2"}]})),
    ] {
        assert_eq!(cloud.code("ModifyClusterServiceImage", with(named(&id, "two"), wrong)), code);
    }
    let both = json!({"containers": [{"containerName": "b", "image": "nginx:2"}]});
    cloud.ok("ModifyClusterServiceImage", with(named(&id, "two"), both));
    let containers = cloud.service(&id, "two")["containers"].clone();
    assert_eq!((&containers[0]["image"], &containers[1]["image"]), (&json!("nginx:1.0"), &json!("nginx:2")));
}

#[test]
fn a_redeployment_replaces_all_pods_by_equal_ones() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(2);
    let names = |pods: Vec<Value>| pods.iter().map(|pod| text(&pod["name"])).collect::<Vec<_>>();
    let before = names(cloud.pods(&id, "web"));
    cloud.ok("RedeployClusterService", named(&id, "web"));
    assert_eq!(cloud.status(&id, "web"), "Updating");
    assert!(!cloud.images(&id, "web").is_empty(), "one after the other unless set otherwise");
    cloud.pass(60);
    let after = names(cloud.pods(&id, "web"));
    assert!(after.len() == 2 && !after.iter().any(|name| before.contains(name)), "{before:?} {after:?}");
    assert_eq!(
        (cloud.images(&id, "web"), cloud.status(&id, "web")),
        (vec!["nginx:1.0".to_owned(); 2], "Normal".into())
    );
    assert_eq!(cloud.code("RollBackClusterService", named(&id, "web")), "5100", "it was no other configuration");
}

#[test]
fn a_change_is_of_all_or_of_nothing() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(2);
    let change = json!({"strategy": "RollingUpdate", "replicas": 3, "serviceDesc": "new"});
    cloud.ok("ModifyClusterService", with(service(&id, "web", 2), change));
    let service_now = cloud.service(&id, "web");
    assert_eq!((&service_now["desiredReplicas"], &service_now["serviceDesc"]), (&json!(3), &json!("new")));
    cloud.pass(10);
    let before = cloud.service(&id, "web");
    for wrong in [json!({"strategy": "Slow"}), json!({"strategy": "Recreate", "containers": []})] {
        let call = with(with(service(&id, "web", 9), json!({"serviceDesc": "other"})), wrong);
        assert_eq!(cloud.code("ModifyClusterService", call), "InvalidParameter");
    }
    assert_eq!(cloud.service(&id, "web"), before);
}
