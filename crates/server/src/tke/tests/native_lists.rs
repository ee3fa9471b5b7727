//! Lists of pools, nodes, machines and clusters, and what is offered.

use super::native_machines::running;
use super::native_pools::{instances, kube_node, make, native, pool, with};
use super::{Cloud, node_pools, registered_nodes};
use serde_json::{Value, json};
use wharf_world::kernel::ids::hash;

#[test]
fn pools_of_all_kinds_are_listed_and_filtered() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let np = make(&mut cloud, &id, json!({}));
    let virtual_pool = json!({"ClusterId": id, "Name": "virtual", "SubnetIds": ["subnet-default3"],
        "SecurityGroupIds": ["sg-1"], "Labels": [{"Name": "a", "Value": "b"}]});
    let other = cloud.ok("CreateClusterVirtualNodePool", virtual_pool)["NodePoolId"].as_str().unwrap().to_owned();
    let list = |cloud: &mut Cloud, more: Value| {
        let answer = native(cloud).ok("DescribeNodePools", with(json!({"ClusterId": id}), more));
        answer["NodePools"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pool| pool["Type"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(list(&mut cloud, json!({"Limit": 0})), ["Native", "Super"], "the official example has a limit of 0");
    assert_eq!(list(&mut cloud, json!({"Limit": 1, "Offset": 1})), ["Super"]);
    assert_eq!(list(&mut cloud, json!({"Filters": [{"Name": "NodePoolsName", "Values": ["virtual"]}]})), ["Super"]);
    assert_eq!(list(&mut cloud, json!({"Filters": [{"Name": "NodePoolsId", "Values": [np]}]})), ["Native"]);
    let shown = pool(&mut cloud, &id, &other);
    assert_eq!(shown["Super"], json!({"SubnetIds": ["subnet-default3"], "SecurityGroupIds": ["sg-1"]}));
    assert_eq!(shown["Labels"], json!([{"Name": "a", "Value": "b"}]));
    let wrong = json!({"ClusterId": id, "Filters": [{"Name": "Colour", "Values": ["red"]}]});
    assert_eq!(native(&mut cloud).code("DescribeNodePools", wrong), "InvalidParameter.Param");
    let code = native(&mut cloud).code("DescribeNodePools", json!({"ClusterId": "cls-none"}));
    assert_eq!(code, "ResourceNotFound.ClusterNotFound");
    let delete = json!({"ClusterId": id, "NodePoolId": other});
    assert_eq!(native(&mut cloud).code("DeleteNodePool", delete), "UnsupportedOperation");
}

#[test]
fn nodes_of_all_kinds_are_listed_filtered_and_sorted() {
    let mut cloud = Cloud::new();
    let (id, np, machines) = running(&mut cloud, 1);
    let regular = cloud.add_nodes(&id, 1);
    let virtual_pool =
        json!({"ClusterId": id, "Name": "v", "SubnetIds": ["subnet-default3"], "SecurityGroupIds": ["sg-1"]});
    let vp = cloud.ok("CreateClusterVirtualNodePool", virtual_pool)["NodePoolId"].clone();
    cloud.pass(10);
    cloud.ok("CreateClusterVirtualNode", json!({"ClusterId": id, "NodePoolId": vp, "SubnetId": "subnet-default3"}));
    cloud.pass(10);
    let list = |cloud: &mut Cloud, more: Value| {
        let answer = native(cloud).ok("DescribeClusterInstances", with(json!({"ClusterId": id}), more));
        let kinds = answer["InstanceSet"].as_array().unwrap().iter().map(|node| node["NodeType"].clone());
        kinds.collect::<Vec<_>>()
    };
    assert_eq!(list(&mut cloud, json!({})), ["Native", "Regular", "Super"]);
    assert_eq!(list(&mut cloud, json!({"Limit": 1, "Offset": 2})), ["Super"]);
    let sort = |order: &str| json!({"SortBy": {"FieldName": "CreatedTime", "OrderType": order}});
    assert_eq!(list(&mut cloud, sort("desc")), ["Super", "Regular", "Native"]);
    for (name, value, expected) in [
        ("InstanceIds", machines[0].as_str(), "Native"),
        ("InstanceType", "Super", "Super"),
        ("NodePoolIds", np.as_str(), "Native"),
        ("NodePoolNames", "v", "Super"),
        ("VagueInstanceName", "ccs_", "Regular"),
        ("VagueIpAddress", "10.200.3.", "Super"),
    ] {
        assert_eq!(list(&mut cloud, json!({"Filters": [{"Name": name, "Values": [value]}]})), [expected], "{name}");
    }
    let filter = |name: &str, value: &str| json!({"Filters": [{"Name": name, "Values": [value]}]});
    assert_eq!(list(&mut cloud, filter("InstanceStates", "running")).len(), 3);
    assert_eq!(list(&mut cloud, filter("Unschedulable", "true")).len(), 0);
    assert_eq!(list(&mut cloud, filter("Labels", "kubernetes.io/none")).len(), 0);
    let all = instances(&mut cloud, &id);
    assert_eq!(all[1]["InstanceId"], regular[0]);
    assert_eq!(all[1]["FailedReason"], "=Ready:True");
    assert_eq!(all[1]["Regular"]["InstanceAdvancedSettings"]["DesiredPodNumber"], 256);
    assert_eq!(all[2]["Super"]["SubnetId"], "subnet-default3");
    let refused = |cloud: &mut Cloud, more: Value| {
        native(cloud).code("DescribeClusterInstances", with(json!({"ClusterId": id}), more))
    };
    assert_eq!(refused(&mut cloud, filter("Colour", "red")), "InvalidParameter.Param");
    assert_eq!(refused(&mut cloud, json!({"SortBy": {"FieldName": "Weight"}})), "InvalidParameter.Param");
    assert_eq!(refused(&mut cloud, json!({"Limit": 101})), "InvalidParameter.Param");
    let code = native(&mut cloud).code("DescribeClusterInstances", json!({"ClusterId": "cls-none"}));
    assert_eq!(code, "InvalidParameter.ClusterNotFound");
    let two = cloud.nodes(&id);
    assert_eq!((two.len(), &two[0]["InstanceId"]), (2, &json!(machines[0])), "the other version names it so, too");
    cloud.ok("DrainClusterNode", json!({"ClusterId": id, "InstanceId": machines[0]}));
    assert_eq!(instances(&mut cloud, &id)[0]["Unschedulable"], true);
}

/// The forms of the official examples of DescribeNodePools and DescribeClusterInstances.
#[test]
fn pools_of_the_machine_service_and_of_registered_machines_are_listed() {
    let mut cloud = Cloud::new();
    let id = registered_nodes::enabled(&mut cloud);
    let regular = node_pools::create(&mut cloud, node_pools::request(&id, 1, 3));
    let external = registered_nodes::create(&mut cloud, registered_nodes::new_pool(&id));
    registered_nodes::join(&mut cloud, &id, &external, "node-10");
    let shown = pool(&mut cloud, &id, &regular);
    let other = cloud.ok("DescribeClusterNodePoolDetail", json!({"ClusterId": id, "NodePoolId": regular}));
    assert_eq!((&shown["Type"], &shown["LifeState"]), (&json!("Regular"), &json!("normal")));
    for field in ["AutoscalingGroupId", "LaunchConfigurationId", "MaxNodesNum", "DesiredNodesNum", "NodeCountSummary"] {
        assert_eq!(shown["Regular"][field], other["NodePool"][field], "{field}");
    }
    let shown = pool(&mut cloud, &id, &external);
    assert_eq!((&shown["Type"], &shown["External"]["NodesNum"]), (&json!("External"), &json!(1)));
    assert_eq!(shown["External"]["RuntimeConfig"]["RuntimeType"], "containerd");
    assert_eq!(shown["Labels"], json!([{"Name": "place", "Value": "idc"}]));
    let nodes = instances(&mut cloud, &id);
    let find = |pool: &str| nodes.iter().find(|node| node["NodePoolId"] == pool).unwrap();
    assert_eq!((&find(&regular)["NodeType"], &find(&regular)["InstanceState"]), (&json!("Regular"), &json!("running")));
    let joined = find(&external);
    assert_eq!((&joined["NodeType"], &joined["InstanceId"]), (&json!("External"), &json!("node-10")));
    assert_eq!((&joined["External"]["CPU"], &joined["External"]["Memory"]), (&json!(4), &json!(8)));
    for np in [regular, external] {
        let delete = json!({"ClusterId": id, "NodePoolId": np});
        assert_eq!(native(&mut cloud).code("DeleteNodePool", delete), "UnsupportedOperation");
    }
}

#[test]
fn machines_are_filtered_and_paged() {
    let mut cloud = Cloud::new();
    let (id, np, machines) = running(&mut cloud, 3);
    let list = |cloud: &mut Cloud, more: Value| {
        let answer = native(cloud).ok("DescribeClusterMachines", with(json!({"ClusterId": id}), more));
        (answer["Machines"].as_array().unwrap().len(), answer["TotalCount"].clone())
    };
    assert_eq!(list(&mut cloud, json!({})), (3, json!(3)));
    assert_eq!(list(&mut cloud, json!({"Limit": 2, "Offset": 2})), (1, json!(3)));
    assert_eq!(list(&mut cloud, json!({"Filters": [{"Name": "NodePoolsId", "Values": [np]}]})), (3, json!(3)));
    assert_eq!(list(&mut cloud, json!({"Filters": [{"Name": "NodePoolsName", "Values": ["x"]}]})), (0, json!(0)));
    let wrong = json!({"ClusterId": id, "Filters": [{"Name": "Colour", "Values": machines}]});
    assert_eq!(native(&mut cloud).code("DescribeClusterMachines", wrong), "InvalidParameter.Param");
    let code = native(&mut cloud).code("DescribeClusterMachines", json!({"ClusterId": "cls-none"}));
    assert_eq!(code, "ResourceNotFound.ClusterNotFound");
}

#[test]
fn clusters_are_filtered() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    cloud.create("172.17.0.0/16");
    let list = |cloud: &mut Cloud, more: Value| native(cloud).ok("DescribeClusters", more)["TotalCount"].clone();
    let filter = |name: &str, value: &str| json!({"Filters": [{"Name": name, "Values": [value]}]});
    assert_eq!(list(&mut cloud, json!({})), 2);
    assert_eq!(list(&mut cloud, json!({"ClusterIds": [id]})), 1);
    assert_eq!(list(&mut cloud, json!({"ClusterType": "INDEPENDENT_CLUSTER"})), 0);
    for (name, value, expected) in [
        ("ClusterName", id.as_str(), 1),
        ("ClusterStatus", "Running", 1),
        ("ClusterStatus", "Creating", 1),
        ("ClusterType", "MANAGED_CLUSTER", 2),
        ("vpc-id", "vpc-default0", 2),
        ("tag-key", "team", 0),
        ("tag:team", "a", 0),
    ] {
        assert_eq!(list(&mut cloud, filter(name, value)), expected, "{name}");
    }
    let shown = native(&mut cloud).ok("DescribeClusters", json!({"ClusterIds": [id]}))["Clusters"][0].clone();
    assert_eq!((&shown["ClusterStatus"], &shown["VpcId"]), (&json!("Running"), &json!("vpc-default0")));
    make(&mut cloud, &id, json!({"Replicas": 1}));
    let shown = native(&mut cloud).ok("DescribeClusters", json!({"ClusterIds": [id]}))["Clusters"][0].clone();
    assert_eq!(shown["ClusterStatus"], "Running", "this version has no state for nodes that join");
    assert_eq!(native(&mut cloud).code("DescribeClusters", filter("Colour", "red")), "InvalidParameter.Param");
}

#[test]
fn roles_are_detached_from_machines_that_are_there() {
    let mut cloud = Cloud::new();
    let (id, _, machines) = running(&mut cloud, 1);
    native(&mut cloud).ok("DetachApplicationRole", json!({"Instances": ["ins-default1"]}));
    native(&mut cloud).ok("DetachApplicationRole", json!({"ClusterId": id}));
    native(&mut cloud).ok("DetachApplicationRole", json!({"ClusterId": id, "Instances": machines}));
    for (parameters, code) in [
        (json!({}), "MissingParameter"),
        (json!({"Instances": ["ins-none"]}), "ResourceNotFound"),
        (json!({"Instances": machines}), "ResourceNotFound"),
        (json!({"ClusterId": id, "Instances": ["np-none"]}), "ResourceNotFound"),
        (json!({"ClusterId": "cls-none"}), "ResourceNotFound"),
    ] {
        assert_eq!(native(&mut cloud).code("DetachApplicationRole", parameters), code);
    }
}

#[test]
fn gpu_drivers_are_those_of_the_guide() {
    let mut cloud = Cloud::new();
    let drivers = |cloud: &mut Cloud, kind: &str, os: &str| {
        let answer = native(cloud).ok("DescribeGPUInfo", json!({"InstanceType": kind, "OsName": os}));
        answer["GPUParams"].as_array().unwrap().iter().map(|gpu| gpu["Driver"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(drivers(&mut cloud, "GN7.2XLARGE40", "tlinux3.1x86_64"), ["450", "470", "515", "525", "535"]);
    assert!(drivers(&mut cloud, "S5.MEDIUM4", "").is_empty());
    assert!(drivers(&mut cloud, "GN7.2XLARGE40", "windows").is_empty());
    let id = cloud.recent();
    let gpus = json!([{"InstanceType": "GN7.2XLARGE32", "GPUParams": {"Driver": "470.82.01", "CUDA": "11.4"}}]);
    let changes = json!({"InstanceTypes": ["GN7.2XLARGE32"], "GPUConfigs": gpus, "QGPUEnable": true, "Replicas": 1});
    make(&mut cloud, &id, changes);
    cloud.pass(60);
    let node = instances(&mut cloud, &id)[0].clone();
    assert_eq!(node["Native"]["GPUParams"]["Driver"], "470.82.01");
    let labels = kube_node(&mut cloud, &id, node["InstanceId"].as_str().unwrap())["metadata"]["labels"].clone();
    assert_eq!(labels["qgpu-device-enable"], "enable");
    native(&mut cloud).ok("DescribeNodePoolsElasticityStrength", json!({}));
    native(&mut cloud).ok("DescribeZoneInstanceConfigInfos", json!({}));
    let filters = json!({"Filters": [{"Name": "colour", "Values": ["red"]}]});
    assert_eq!(native(&mut cloud).code("DescribeZoneInstanceConfigInfos", filters), "InvalidParameter.Param");
}

/// A value of that type, which need not make sense.
fn odd(product: &crate::catalog::Product, ty: &wharf_spec::Type, seed: &str, cluster: &str, pool: &str) -> Value {
    use wharf_spec::Type;
    let draw = |count: usize| (hash(seed) % count as u64) as usize;
    match ty {
        Type::String | Type::Timestamp | Type::Json(_) => {
            let texts =
                [cluster, pool, "", "PREPAID", "Native", "CLOUD_SSD", "subnet-default1", "S5.MEDIUM4", "{R:", "\u{0}="];
            json!(texts[draw(texts.len())])
        }
        Type::Int => json!([0, 1, -1, 50, i64::MAX, i64::MIN][draw(6)]),
        Type::Uint => json!([0, 1, 12, u64::MAX][draw(4)]),
        Type::Float => json!(0.5),
        Type::Bool | Type::Any | Type::Map(_) => json!(draw(2) == 0),
        Type::List(item) => {
            (0..draw(3)).map(|place| odd(product, item, &format!("{seed}/{place}"), cluster, pool)).collect()
        }
        Type::Shape(name) => {
            let fields = crate::gateway::parameters::fields(product.spec(), name);
            let drawn = fields.iter().filter(|field| !hash(&format!("{seed}?{}", field.name)).is_multiple_of(3));
            let pairs = drawn.map(|field| {
                (field.name.clone(), odd(product, &field.ty, &format!("{seed}.{}", field.name), cluster, pool))
            });
            Value::Object(pairs.collect())
        }
    }
}

/// Whatever a call has, it has an answer or a code of its document.
#[test]
fn odd_values_have_answers() {
    let product = super::conform::version("2022-05-01");
    let mut cloud = Cloud::new();
    let (id, np, machines) = running(&mut cloud, 2);
    for operation in product.operations() {
        for number in 0..60 {
            let seed = format!("{}/{number}", operation.name);
            let fields = operation.spec.input.iter();
            let pairs = fields.map(|field| {
                let value = match field.name.as_str() {
                    "ClusterId" => json!(id),
                    "NodePoolId" => json!(np),
                    "MachineNames" => json!(machines),
                    _ => odd(product, &field.ty, &format!("{seed}.{}", field.name), &id, &np),
                };
                (field.name.clone(), value)
            });
            let _ = native(&mut cloud).call(operation.name, Value::Object(pairs.collect()));
            cloud.pass(hash(&seed) % 100);
        }
    }
}
