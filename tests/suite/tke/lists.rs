//! What lists can be filtered by.

use super::{Cloud, NETWORK, RANGE, machine, refused};
use wharf::tke::cluster::types::Filter;
use wharf::tke::node::types::Label;

scenarios![
    clusters_are_selected_by_identifier_and_name,
    nodes_are_selected_by_role_identifier_and_filter,
    node_identifiers_are_selected,
    existing_machines_are_selected,
];

fn filter(name: &str, values: &[&str]) -> Filter {
    Filter::default().name(name).values(values.iter().copied())
}

async fn clusters_are_selected_by_identifier_and_name(cloud: &Cloud) {
    let mut ids = Vec::new();
    for (number, name) in ["a", "b", "b", "c"].into_iter().enumerate() {
        let request = cloud.new_cluster(&format!("172.{}.0.0/16", 16 + number));
        let request = request.cluster_basic_settings(|basic| basic.cluster_name(name));
        ids.push(request.send().await.unwrap().cluster_id);
    }
    let find = async |wanted: &[usize], filters: &[Filter]| {
        let request = cloud.clusters.describe_clusters().cluster_ids(wanted.iter().map(|at| ids[*at].as_str()));
        let answer = request.filters(filters.iter().cloned()).send().await.unwrap();
        assert_eq!(usize::try_from(answer.total_count), Ok(answer.clusters.len()));
        let found = answer.clusters.iter().map(|cluster| ids.iter().position(|id| *id == cluster.cluster_id).unwrap());
        found.collect::<Vec<_>>()
    };
    let name = |values: &[&str]| [filter("ClusterName", values)];
    assert_eq!(find(&[], &[]).await, [0, 1, 2, 3]);
    assert_eq!(find(&[2, 0], &[]).await, [0, 2], "in the order of their creation");
    assert_eq!(find(&[], &name(&["b"])).await, [1, 2]);
    assert_eq!(find(&[], &name(&["a", "c"])).await, [0, 3], "one value or the other");
    assert_eq!(find(&[0, 1], &name(&["b", "c"])).await, [1], "identifier and name");
    assert_eq!(find(&[3], &name(&["a"])).await, Vec::<usize>::new());
    assert_eq!(find(&[], &name(&["nobody"])).await, Vec::<usize>::new());
    let unknown = cloud.clusters.describe_clusters().cluster_ids(["cls-none"]).send().await.unwrap();
    assert_eq!((unknown.total_count, unknown.clusters.len()), (0, 0));
    for filters in [vec![filter("Status", &["Running"])], vec![filter("ClusterName", &["a"]); 2]] {
        let result = cloud.clusters.describe_clusters().filters(filters).send().await;
        refused(result, "InvalidParameter.Param", "ClusterName only, with a single filter");
    }
}

async fn nodes_are_selected_by_role_identifier_and_filter(cloud: &Cloud) {
    let id = cloud.independent(RANGE).await;
    let workers = cloud.add_nodes(&id, 2).await;
    let request = cloud.nodes.create_cluster_instances(&id).run_instance_para(machine("S5.MEDIUM4"));
    let coming = request.send().await.unwrap().instance_id_set;
    let all: Vec<String> = cloud.nodes_of(&id).await.into_iter().map(|node| node.instance_id).collect();
    assert_eq!(all.len(), 6);
    let list = || cloud.nodes.describe_cluster_instances(&id);
    let both = [&workers[..], &coming[..]].concat();
    let state = |values: &[&str]| filter("instance-state", values);
    for (request, expected) in [
        (list().instance_role("ALL"), all.clone()),
        (list().instance_role("MASTER_ETCD"), all[..3].to_vec()),
        (list().instance_role("WORKER"), both.clone()),
        (list().instance_ids(&workers), workers.clone()),
        (list().instance_ids([&workers[1], "ins-none"]), workers[1..].to_vec()),
        (list().instance_ids(&workers).instance_role("MASTER_ETCD"), vec![]),
        (list().filters([state(&["initializing"])]), coming.clone()),
        (list().filters([state(&["initializing", "running"])]), all.clone()),
        (list().filters([state(&["running"]), filter("instance-role", &["WORKER"])]), workers.clone()),
        (list().filters([filter("instance-id", &[&coming[0]]), state(&["running"])]), vec![]),
    ] {
        let said = format!("{:?}", request.input().filters);
        let answer = request.send().await.unwrap();
        assert_eq!(usize::try_from(answer.total_count), Ok(expected.len()), "{said}");
        let found: Vec<String> = answer.instance_set.into_iter().map(|node| node.instance_id).collect();
        assert_eq!(found, expected, "{said}");
    }
    let unknown = list().filters([filter("colour", &["red"])]).send().await;
    refused(unknown, "InvalidParameter", "colour");
    let nowhere = cloud.nodes.describe_cluster_instances("cls-none").send().await;
    refused(nowhere, "InvalidParameter.ClusterNotFound", "cls-none");
}

async fn node_identifiers_are_selected(cloud: &Cloud) {
    let id = cloud.independent(RANGE).await;
    let workers = cloud.add_nodes(&id, 2).await;
    let labels = [Label::default().name("tier").value("db")];
    let request = cloud.nodes.create_cluster_instances(&id);
    let request = request.run_instance_para(machine("S5.MEDIUM4").instance_name("special"));
    let request = request.instance_advanced_settings(|settings| settings.labels(labels));
    let special = request.send().await.unwrap().instance_id_set;
    let all = [&workers[..], &special[..]].concat();
    let list = || cloud.nodes.describe_cluster_instance_ids(&id);
    for (request, expected) in [
        (list(), all.clone()),
        (list().instance_states(["running"]), workers.clone()),
        (list().instance_states(["running", "initializing"]), all.clone()),
        (list().vague_instance_name("peci"), special.clone()),
        (list().vague_instance_name("peci").instance_states(["running"]), vec![]),
        (list().vague_ip_address("10.200.1."), all.clone()),
        (list().vague_ip_address("192.168."), vec![]),
        (list().labels("tier=db"), special.clone()),
        (list().labels("tier"), special.clone()),
        (list().labels("tier=web"), vec![]),
    ] {
        let said = format!("{:?}", request.input());
        let answer = request.send().await.unwrap();
        assert_eq!(usize::try_from(answer.total_count), Ok(expected.len()), "{said}");
        assert_eq!(answer.instance_id_set, expected, "{said}");
    }
    let masters = list().instance_role("MASTER_ETCD").send().await.unwrap();
    assert_eq!(masters.total_count, 3);
    assert!(masters.instance_id_set.iter().all(|master| !all.contains(master)));
    assert_eq!(list().instance_role("ALL").send().await.unwrap().total_count, 6);
}

async fn existing_machines_are_selected(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let list = || cloud.nodes.describe_existed_instances();
    let zones = || filter("zone", &["ap-guangzhou-2", "ap-guangzhou-3"]);
    let prepaid = || filter("instance-charge-type", &["PREPAID"]);
    for (request, expected) in [
        (list(), 8),
        (list().cluster_id(&id), 6),
        (list().instance_ids(["ins-default1", "ins-second01"]), 2),
        (list().filters([filter("vpc-id", &["vpc-second00"])]), 2),
        (list().filters([zones()]), 3),
        (list().filters([prepaid()]), 2),
        (list().filters([zones(), prepaid()]), 1),
        (list().cluster_id(&id).filters([prepaid()]), 1),
        (list().cluster_id(&id).filters([filter("vpc-id", &[NETWORK])]), 6),
        (list().filters([filter("instance-state", &["STOPPED"])]), 1),
        (list().vague_instance_name("build"), 3),
        (list().vague_ip_address("192.168."), 2),
        (list().vague_ip_address("192.168.").vague_instance_name("build"), 0),
    ] {
        let said = format!("{:?}", request.input());
        let answer = request.send().await.unwrap();
        assert_eq!((answer.total_count, answer.existed_instance_set.len()), (expected, expected as usize), "{said}");
    }
    let usable = list().cluster_id(&id).send().await.unwrap().existed_instance_set;
    assert_eq!(usable.iter().filter(|machine| machine.usable == Some(true)).count(), 5, "one does not run");
    for request in [
        list().cluster_id(&id).instance_ids(["ins-default1"]),
        list().filters([prepaid()]).instance_ids(["ins-default1"]),
    ] {
        refused(request.send().await, "InvalidParameter", "InstanceIds excludes ClusterId and Filters");
    }
    let other = list().cluster_id(&id).filters([filter("vpc-id", &["vpc-second00"])]);
    refused(other.send().await, "InvalidParameter", NETWORK);
    refused(list().filters([filter("colour", &["red"])]).send().await, "InvalidParameter", "colour");
    refused(list().instance_ids(["ins-none"]).send().await, "InternalError.CvmNotFound", "ins-none");
    refused(list().cluster_id("cls-none").send().await, "ResourceNotFound", "cls-none");
}
