//! Vulnerabilities of nodes.

use super::{Answer, Scene};
use crate::input::{Input, invalid};
use serde_json::{Value, json};
use wharf_world::ack::vulnerabilities::{VULNERABILITIES, Vulnerability, VulnerabilityFix};

const NECESSITIES: [&str; 3] = ["asap", "later", "nntf"];

pub(super) fn scan_cluster_vuls(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let task = scene.realm.start_scan(scene.owner, input.required("ClusterId")?)?;
    Ok(json!({"task_id": task}))
}

pub(super) fn describe_cluster_vuls(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let id = input.required("ClusterId")?;
    let realm = &scene.realm.realm;
    realm.dedicated(scene.owner, id)?;
    let mut records = Vec::new();
    for pool in realm.worker_pools_of(id) {
        for one in &VULNERABILITIES {
            let seats = realm.pool_seats(scene.owner, id, &pool.id)?;
            let count = seats.filter(|seat| seat.vulnerabilities().any(|has| has.name == one.name)).count();
            if count > 0 {
                records.push(json!({
                    "cve_list": [one.cve], "necessity": one.necessity, "node_count": count, "nodepool_id": pool.id,
                    "nodepool_name": pool.name, "vul_alias_name": one.alias, "vul_name": one.name, "vul_type": "cve",
                }));
            }
        }
    }
    Ok(json!({"vul_records": records}))
}

pub(super) fn describe_node_pool_vuls(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (cluster, pool) = (input.required("ClusterId")?, input.required("NodepoolId")?);
    let wanted: Vec<&str> = input.filled("necessity")?.map_or(Vec::new(), |text| text.split(',').collect());
    if let Some(unknown) = wanted.iter().find(|one| !NECESSITIES.contains(one)) {
        return Err(invalid(format!("necessity is made of {}, not {unknown}", NECESSITIES.join(", "))));
    }
    let is_wanted = |one: &&Vulnerability| wanted.is_empty() || wanted.contains(&one.necessity);
    let records: Vec<Value> = scene
        .realm
        .realm
        .pool_seats(scene.owner, cluster, pool)?
        .filter_map(|seat| {
            let list: Vec<Value> = seat.vulnerabilities().filter(is_wanted).map(vulnerability_json).collect();
            let shown = json!({"instance_id": seat.server.id, "node_name": seat.node.name, "vul_list": list});
            (!list.is_empty()).then_some(shown)
        })
        .collect();
    Ok(json!({"vul_records": records, "vuls_fix_service_purchased": true}))
}

fn vulnerability_json(one: &Vulnerability) -> Value {
    json!({
        "name": one.name, "alias_name": one.alias, "cve_list": [one.cve], "necessity": one.necessity,
        "need_reboot": one.reboot, "package_list": [{"name": one.package}],
    })
}

pub(super) fn fix_node_pool_vuls(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (cluster, pool) = (input.required("ClusterId")?, input.required("NodepoolId")?);
    let at_once = input.within("rollout_policy")?.count("max_parallelism")?;
    let at_once = at_once.map(|count| usize::try_from(count).unwrap_or(usize::MAX));
    let fix = VulnerabilityFix {
        names: input.texts("vuls")?,
        nodes: input.texts("nodes")?,
        restart: input.flag("auto_restart")?,
        at_once,
    };
    let task = scene.realm.fix_vulnerabilities(scene.owner, cluster, pool, &fix)?;
    Ok(json!({"task_id": task}))
}
