//! Services, their pods and their namespaces.

use super::{Cloud, SUBNET, names, refused, seen, set};
use futures_util::TryStreamExt;
use std::collections::BTreeSet;
use wharf::ErrorKind;
use wharf::Secret;
use wharf::ccs::types::{
    AccessType, CheckMethod, Container, HealthCheck, InstanceStatus, LbStatus, MountMode, NamespaceStatus, PodAffinity,
    PodAffinityOperator, PortMapping, ProbeProtocol, ServiceStatus, TransportProtocol, UpdateStrategy, Volume,
};

scenarios! {
    everything_that_is_set_is_read_back,
    services_are_reached_in_four_ways,
    services_live_in_namespaces,
    pods_come_and_go_with_the_number,
    pods_that_are_deleted_are_replaced,
    a_replacement_forgets_what_is_left_out,
    a_description_is_set_and_erased,
    pods_gather_where_they_are_told_to,
}

async fn everything_that_is_set_is_read_back(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let web = cloud.ccs.service(&cluster, "web");
    let main = Container::new("main", "nginx:1.13")
        .env("MODE", "a_b c&d=e")
        .env("SPRACHE", "汉语 é")
        .mount("data", "/data")
        .mount_read_only("scratch", "/scratch")
        .live_check(
            HealthCheck::https(8443, "/healthy?full=1").interval_time(5).timeout(4).unhealth_num(2).delay_time(7),
        )
        .ready_check(HealthCheck::tcp(8080).health_num(2))
        .cpu(200)
        .cpu_limits(400)
        .memory(64)
        .memory_limits(128)
        .command("/bin/run")
        .arguments(["-c", "sleep 1; echo @x"])
        .privileged(true)
        .working_dir("/srv");
    let side = Container::new("side", "busybox").live_check(HealthCheck::command("test -e /ok"));
    web.create(2)
        .service_desc("a service")
        .access_type(AccessType::ClusterIp)
        .port_mappings([PortMapping::tcp(80, 8080), PortMapping::udp(53, 5353)])
        .volumes([Volume::on_host("data", "/var/data"), Volume::on_host("scratch", "")])
        .containers([main, side])
        .send()
        .await
        .unwrap();
    let service = web.wait_until_normal().await.unwrap();
    assert_eq!((service.service_name.as_str(), service.service_desc.as_str()), ("web", "a service"));
    assert_eq!((service.namespace.as_str(), service.region_id), ("default", Some(1)));
    assert_eq!((service.current_replicas, service.desired_replicas), (2, 2));
    assert!(service.reason_map.is_empty() && service.reason.as_deref() == Some(""), "{:?}", service.reason_map);
    assert!(!service.selector.is_empty() && service.labels == service.selector);
    let ports: Vec<_> =
        service.port_mappings.iter().map(|port| (port.lb_port, port.container_port, &port.protocol)).collect();
    assert_eq!(ports, [(80, 8080, &TransportProtocol::Tcp), (53, 5353, &TransportProtocol::Udp)]);
    let volumes: Vec<_> =
        service.volumes.iter().map(|volume| (volume.name.as_str(), volume.host_path.as_deref())).collect();
    assert_eq!(volumes, [("data", Some("/var/data")), ("scratch", Some(""))]);

    let [main, side] = service.containers.as_slice() else { panic!("{:?}", service.containers) };
    assert_eq!((main.container_name.as_str(), main.image.as_str()), ("main", "nginx:1.13"));
    assert_eq!((main.cpu, main.cpu_limits, main.memory, main.memory_limits), (200, Some(400), 64, Some(128)));
    assert_eq!((main.command.as_deref(), main.arguments.len()), (Some("/bin/run"), 2));
    assert_eq!(main.arguments[1], "sleep 1; echo @x");
    let variables: Vec<_> =
        main.envs.iter().map(|env| (env.name.as_deref(), env.value.as_ref().map(Secret::expose))).collect();
    assert_eq!(variables, [(Some("MODE"), Some("a_b c&d=e")), (Some("SPRACHE"), Some("汉语 é"))]);
    let modes: Vec<_> = main.volume_mounts.iter().map(|mount| mount.mode.clone().unwrap()).collect();
    assert_eq!(modes, [MountMode::Rw, MountMode::Ro]);
    let live = main.live_probe.as_ref().unwrap();
    assert_eq!((live.health_num, live.unhealth_num, live.interval_time), (Some(1), Some(2), Some(5)));
    assert_eq!((live.timeout, live.delay_time, &live.check_method), (Some(4), Some(7), &CheckMethod::MethodHttp));
    let http = live.method_http.as_ref().unwrap();
    assert_eq!((http.port, &http.protocol, http.path.as_str()), (8443, &ProbeProtocol::Https, "/healthy?full=1"));
    let ready = main.ready_probe.as_ref().unwrap();
    assert_eq!((ready.health_num, ready.method_tcp.as_ref().unwrap().port), (Some(2), 8080));
    assert_eq!(side.live_probe.as_ref().unwrap().method_cmd.as_ref().unwrap().cmd, "test -e /ok");
    assert!(side.envs.is_empty() && side.arguments.is_empty() && side.ready_probe.is_none());

    for pod in cloud.pods(&cluster, "web").await {
        assert!(pod.name.starts_with("web-"), "{}", pod.name);
        assert_eq!((pod.status, pod.ready_count, pod.restart_count), (InstanceStatus::Running, 2, 0));
        assert!(
            [pod.ip, pod.node_ip, pod.node_name].iter().all(|text| text.as_ref().is_some_and(|text| !text.is_empty()))
        );
        let containers = set(pod.containers.iter().map(|container| container.name.clone()));
        assert_eq!(containers, set(["main", "side"]));
        let id = pod.containers[0].container_id.as_ref().unwrap();
        assert!(id.len() == 64 && id.chars().all(|digit| digit.is_ascii_hexdigit()), "{id}");
    }
    let again = web.create(1).containers([Container::new("a", "b")]).send().await;
    refused(again, ErrorKind::Service, "5100", "web");
    web.delete().send().await.unwrap();
    web.wait_until_deleted().await.unwrap();
    refused(web.get().send().await, ErrorKind::NotFound, "KubeResourceNotFound", "(-160004)");
}

async fn services_are_reached_in_four_ways(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let deploy = async |name: &str, access: AccessType| {
        let service = cloud.ccs.service(&cluster, name);
        let mut request = service.create(1).access_type(access.clone()).containers([Container::new(name, "nginx")]);
        if access != AccessType::None {
            request = request.port_mappings([PortMapping::tcp(80, 8080)]);
        }
        if access == AccessType::SvcLbTypeInner {
            request = request.subnet_id(SUBNET);
        }
        request.send().await.unwrap();
        service
    };
    let public = deploy("public", AccessType::LoadBalancer).await;
    let inner = deploy("inner", AccessType::SvcLbTypeInner).await;
    let inside = deploy("inside", AccessType::ClusterIp).await;
    let hidden = deploy("hidden", AccessType::None).await;
    assert_eq!(seen(&public).await.lb_status, Some(LbStatus::Creating));
    assert_eq!(seen(&public).await.external_ip.as_deref(), Some(""));
    cloud.pass(60);
    let filled = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    let (public, inner) = (seen(&public).await, seen(&inner).await);
    assert_eq!(
        (public.access_type, inner.access_type),
        (Some(AccessType::LoadBalancer), Some(AccessType::SvcLbTypeInner))
    );
    assert_eq!((public.lb_status, inner.lb_status), (Some(LbStatus::Running), Some(LbStatus::Running)));
    assert!(filled(&public.external_ip) && filled(&public.lb_id) && filled(&public.service_ip));
    assert!(
        inner.external_ip.as_ref().is_some_and(|address| address.starts_with("10.200.1.")),
        "{:?}",
        inner.external_ip
    );
    assert_eq!((inner.subnet_id.as_deref(), public.subnet_id.as_deref()), (Some(SUBNET), Some("")));
    assert!(public.port_mappings[0].node_port.is_some_and(|port| (30_000..=32_767).contains(&port)));
    let (inside, hidden) = (seen(&inside).await, seen(&hidden).await);
    assert_eq!((inside.lb_status, inside.access_type.unwrap().as_str()), (Some(LbStatus::None), ""));
    assert!(filled(&inside.service_ip) && !filled(&inside.external_ip) && !filled(&inside.lb_id));
    assert!(!filled(&hidden.service_ip) && hidden.port_mappings.is_empty());
}

async fn services_live_in_namespaces(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let list = async || {
        let answer = cloud.clusters.describe_cluster_namespaces(&cluster).send().await.unwrap();
        assert_eq!(answer.total_count, i64::try_from(answer.namespaces.len()).ok());
        answer.namespaces
    };
    let before = set(list().await.into_iter().map(|namespace| namespace.name));
    assert!(before.contains("default"));
    let make =
        |name: &str, text: &str| cloud.clusters.create_cluster_namespace(&cluster).name(name).description(text).send();
    make("shop", "sells").await.unwrap();
    make("empty", "").await.unwrap();
    refused(make("shop", "again").await, ErrorKind::Service, "5100", "shop");
    let shop = list().await.into_iter().find(|namespace| namespace.name == "shop").unwrap();
    assert_eq!((shop.status, shop.description.as_str()), (NamespaceStatus::Active, "sells"));

    cloud.deployed(&cluster, "web", 1).await;
    let web = cloud.ccs.service(&cluster, "web").namespace("shop");
    web.create(2).containers([Container::new("web", "nginx")]).send().await.unwrap();
    web.wait_until_normal().await.unwrap();
    let services = async |request: wharf::ccs::cluster::Request<_>| {
        let answer: wharf::ccs::cluster::operations::DescribeClusterServiceOutput = request.send().await.unwrap();
        assert_eq!(answer.total_count, i64::try_from(answer.services.len()).ok());
        answer
            .services
            .into_iter()
            .map(|service| (service.namespace, service.current_replicas))
            .collect::<BTreeSet<_>>()
    };
    let ask = || cloud.clusters.describe_cluster_service(&cluster);
    let of =
        |pairs: &[(&str, i64)]| pairs.iter().map(|(name, pods)| ((*name).to_owned(), *pods)).collect::<BTreeSet<_>>();
    assert_eq!(services(ask()).await, of(&[("default", 1)]));
    assert_eq!(services(ask().namespace("shop")).await, of(&[("shop", 2)]));
    assert_eq!(services(ask().namespace("empty")).await, of(&[]));
    assert_eq!(services(ask().all_namespace(1)).await, of(&[("default", 1), ("shop", 2)]));
    assert_eq!(services(ask().all_namespace(0)).await, of(&[("default", 1)]));
    refused(ask().namespace("nowhere").send().await, ErrorKind::NotFound, "KubeResourceNotFound", "nowhere");
    assert_eq!(cloud.pods_in(&cluster, "shop", "web").await.len(), 2);

    cloud.clusters.delete_cluster_namespace(&cluster).names(["shop", "empty"]).send().await.unwrap();
    cloud.pass(30);
    assert_eq!(set(list().await.into_iter().map(|namespace| namespace.name)), before);
    web.wait_until_deleted().await.unwrap();
    assert_eq!(cloud.pods(&cluster, "web").await.len(), 1, "the other one is left alone");
    let again = cloud.clusters.delete_cluster_namespace(&cluster).names(["shop"]).send().await;
    refused(again, ErrorKind::NotFound, "KubeResourceNotFound", "shop");
    let kept = cloud.clusters.delete_cluster_namespace(&cluster).names(["default"]).send().await;
    refused(kept, ErrorKind::Service, "5100", "default");
}

async fn pods_come_and_go_with_the_number(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let web = cloud.deployed(&cluster, "web", 1).await;
    let scale = |to: i64| cloud.nodes.modify_service_replicas(&cluster).service_name("web").scale_to(to).send();
    for to in [5, 2, 0, 3] {
        scale(to).await.unwrap();
        assert_eq!(seen(&web).await.desired_replicas, to);
        let pods = cloud.nodes.wait_until_pods_running(&cluster, "default", "web", to).await.unwrap();
        assert_eq!(i64::try_from(pods.len()), Ok(to));
        assert_eq!(web.wait_until_normal().await.unwrap().current_replicas, to);
    }
    scale(25).await.unwrap();
    web.wait_until_normal().await.unwrap();
    let request = cloud.nodes.describe_service_instance(&cluster).service_name("web");
    let names: Vec<String> = request.limit(10).items().map_ok(|pod| pod.name).try_collect().await.unwrap();
    assert_eq!((names.len(), set(names.clone()).len()), (25, 25));
    assert_eq!(cloud.server.journal().of("DescribeServiceInstance").iter().rev().take(3).count(), 3);
}

async fn pods_that_are_deleted_are_replaced(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let web = cloud.deployed(&cluster, "web", 3).await;
    let before = names(&cloud.pods(&cluster, "web").await);
    let [first, second] = [0, 1].map(|at| before.iter().nth(at).unwrap().clone());
    let request = cloud.nodes.delete_instances(&cluster).instances([&first, "web-0-nothing", &second]);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.success_list, [first.clone(), second.clone()]);
    assert_eq!(set(answer.failed_map.keys()), set(["web-0-nothing"]));
    cloud.nodes.wait_until_pods_running(&cluster, "default", "web", 3).await.unwrap();
    web.wait_until_normal().await.unwrap();
    let after = names(&cloud.pods(&cluster, "web").await);
    assert_eq!((after.len(), after.intersection(&before).count()), (3, 1));
    assert!(!after.contains(&first) && !after.contains(&second));
}

async fn a_replacement_forgets_what_is_left_out(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let web = cloud.ccs.service(&cluster, "web");
    let container = || Container::new("web", "nginx:1.13");
    web.create(1)
        .service_desc("old")
        .access_type(AccessType::LoadBalancer)
        .port_mappings([PortMapping::tcp(80, 8080)])
        .containers([container().env("MODE", "old").cpu(200)])
        .send()
        .await
        .unwrap();
    web.wait_until_normal().await.unwrap();
    let replace = web.replace(2).strategy(UpdateStrategy::RollingUpdate).min_ready_seconds(5);
    replace.containers([container().env("NEW", "1")]).send().await.unwrap();
    let service = web.wait_until_normal().await.unwrap();
    assert_eq!((service.service_desc.as_str(), service.current_replicas), ("", 2));
    assert_eq!((service.access_type.unwrap().as_str(), service.lb_id.as_deref()), ("", Some("")));
    assert!(service.port_mappings.is_empty());
    let [container] = service.containers.as_slice() else { panic!("{:?}", service.containers) };
    assert_eq!((container.cpu, container.envs.len(), container.envs[0].name.as_deref()), (0, 1, Some("NEW")));
    assert_eq!(cloud.pods(&cluster, "web").await.len(), 2);
}

async fn a_description_is_set_and_erased(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let web = cloud.deployed(&cluster, "web", 1).await;
    web.set_description("五星 *** 5% + more").send().await.unwrap();
    assert_eq!(seen(&web).await.service_desc, "五星 *** 5% + more");
    assert_eq!(seen(&web).await.status, ServiceStatus::Normal, "nothing is rolled out for it");
    web.set_description("").send().await.unwrap();
    assert_eq!(seen(&web).await.service_desc, "");
    web.set_description("back").send().await.unwrap();
    cloud.clusters.modify_service_description(&cluster).service_name("web").send().await.unwrap();
    assert_eq!(seen(&web).await.service_desc, "");
}

async fn pods_gather_where_they_are_told_to(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let leader = cloud.deployed(&cluster, "leader", 1).await;
    let labels = seen(&leader).await.selector;
    let (key, value) = labels.iter().next().unwrap();
    let home = cloud.pods(&cluster, "leader").await[0].node_ip.clone();
    for (name, operator, together) in
        [("beside", PodAffinityOperator::In, true), ("apart", PodAffinityOperator::NotIn, false)]
    {
        let service = cloud.ccs.service(&cluster, name);
        let request = service.create(2).containers([Container::new(name, "nginx")]);
        request.pod_affinity([PodAffinity::new(key, operator, [value])]).send().await.unwrap();
        service.wait_until_normal().await.unwrap();
        for pod in cloud.pods(&cluster, name).await {
            assert_eq!(pod.node_ip == home, together, "{name}: {:?} beside {home:?}", pod.node_ip);
        }
    }
}
