//! The examples in the hand-written docs of the crates below the facade, as they are there.

#[test]
fn the_specification_of_a_cluster() {
    use wharf::cce::types::{ClusterFlavor, ClusterSpec};

    let spec = ClusterSpec::virtual_machines(ClusterFlavor::CceS1Small, "vpc-id", "subnet-id")
        .version("v1.19.10-r0")
        .container_network(|network| network.cidr("172.16.0.0/16"));
    assert_eq!(spec.version.as_deref(), Some("v1.19.10-r0"));
}

#[test]
fn the_specification_of_a_node() {
    use wharf::cce::types::{Login, NodeSpec, Volume};

    let node = NodeSpec::server("s6.large.2", "az1.dc1", Login::key_pair("my-key"))
        .root_volume(|_| Volume::new("SAS", 40))
        .k8s_tags([("tier", "web")]);
    assert_eq!(node.data_volumes.map(|disks| disks.len()), Some(1));
}

#[test]
fn the_password_of_nodes() -> Result<(), wharf::Error> {
    use wharf::cce::NodePassword;

    let password = NodePassword::from_plain("Correct-Horse-7")?;
    assert_ne!(password, NodePassword::from_plain("Correct-Horse-7")?, "every salt is another");
    assert!(NodePassword::from_plain("horse").is_err());
    Ok(())
}

#[test]
fn a_tag_from_a_pair() {
    use wharf::ack::types::Tag;

    assert_eq!(Tag::from(("team", "web")), Tag::default().key("team").value("web"));
}

#[test]
fn the_scaling_of_a_pool() {
    use wharf::ack::types::{AutoScaling, AutoScalingType};

    let scaling = AutoScaling::between(1, 10).r#type(AutoScalingType::Spot);
    assert_eq!((scaling.enable, scaling.min_instances, scaling.max_instances), (Some(true), Some(1), Some(10)));
}

#[test]
fn the_servers_of_a_scaling_group() {
    use wharf::ack::types::CreateScalingGroup;

    let group = CreateScalingGroup::servers(["ecs.n4.large"], ["vsw-1"]).tags([("team", "web")]);
    assert_eq!(group.system_disk_size, Some(120));
}

#[test]
fn the_names_of_nodes() {
    use wharf::ack::types::KubernetesConfig;

    let config = KubernetesConfig::default().node_names("web.", 5, ".example.com");
    assert_eq!(config.node_name_mode.as_deref(), Some("customized,web.,5,.example.com"));
}

#[test]
fn labels_and_taints() {
    use wharf::ack::types::{KubernetesConfig, Taint};

    let config = KubernetesConfig::default()
        .labels([("tier", "front"), ("zone", "a")])
        .taints([Taint::no_schedule("dedicated", "web")]);
    assert_eq!(config.labels.unwrap()[1].key.as_deref(), Some("zone"));
}
