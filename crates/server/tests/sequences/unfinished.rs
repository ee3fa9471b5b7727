//! Work that has not ended, in a saved world.

use serde_json::Value;

/// Names of fields, from the inside of a world outwards, and the values that mean that something is going on.
const WORK: &[(&[&str], &[&str])] = &[
    (&["nodes", "row", "state"], &["Initializing"]),
    (&["nodes", "row", "drain"], &["Draining"]),
    (&["pools", "row", "state"], &["Creating", "Updating", "Deleting"]),
    (
        &["groups", "row", "status"],
        &["Enabling", "Disabling", "Updating", "Deleting", "ScaleDownEnabling", "ScaleDownDisabling"],
    ),
    (&["node_pools", "row", "state"], &["Creating", "Updating", "Deleting"]),
    (&["machines", "row", "state"], &["Creating", "Stopping", "Starting", "Rebooting", "Deleting"]),
    (&["tke", "tasks", "life"], &["Pending", "Process", "Pausing"]),
    (&["nodes_upgrade", "life"], &["Pending", "Process", "Pausing"]),
    (&["encryption", "state"], &["Opening", "Closing"]),
    (&["addons", "row", "phase"], &["Installing", "Upgrading", "Terminating"]),
    (&["revisions", "status"], &["Uninstalling", "PendingInstall", "PendingUpgrade", "PendingRollback"]),
    (&["image_caches", "row", "status"], &["Pending", "Updating"]),
    (&["plans", "state"], &["Running"]),
    (&["upgrades", "tasks", "row", "state"], &["Running"]),
    (&["ack", "clusters", "row", "upgrade", "state"], &["Running"]),
    (&["tasks", "progress"], &["Running"]),
];

/// Fields that are true while something is going on.
const TRUE: &[&[&str]] = &[
    &["private_endpoint", "closing"],
    &["public_endpoint", "closing"],
    &["virtual_nodes", "row", "leaving"],
    &["pools", "row", "deleting"],
    &["addons", "row", "deleting"],
    &["logs", "provisioning"],
];

/// Fields that are false while something is going on.
const FALSE: &[&[&str]] = &[
    &["private_endpoint", "open"],
    &["public_endpoint", "open"],
    &["virtual_nodes", "row", "ready"],
    &["tagging", "is_done"],
    &["vpc_cni", "is_up"],
];

/// Fields that are there while something is going on.
const THERE: &[&[&str]] = &[
    &["nodes", "row", "leaving"],
    &["parts", "tke", "control_plane"],
    &["parts", "tke", "arguments_change"],
    &["level", "change"],
    &["cce", "clusters", "row", "resizing"],
];

/// The places at which something is going on.
pub(crate) fn work(state: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let now = state["now"].as_u64().unwrap_or(0);
    look(state, &mut Vec::new(), now, &mut found);
    for (path, cluster) in clusters(state) {
        if cluster["stage"].is_object() {
            found.push(format!("{path} is being deleted"));
        }
        if cluster["stage"] == "Creating" && !has_trouble(state, &cluster["id"]) {
            found.push(format!("{path} is being created"));
        }
    }
    found
}

fn clusters(state: &Value) -> impl Iterator<Item = (String, &Value)> {
    let realms = state["realms"].as_array().into_iter().flatten();
    realms.flat_map(|realm| realm["value"]["clusters"].as_array().into_iter().flatten()).map(|row| {
        let name = format!("the cluster {} of {}", row["id"], row["row"]["engine"]);
        (name, &row["row"])
    })
}

/// Whether the creation of a cluster has failed.
fn has_trouble(state: &Value, id: &Value) -> bool {
    let realms = state["realms"].as_array().into_iter().flatten();
    let mut rows = realms.flat_map(|realm| {
        let value = &realm["value"];
        let extra = [&value["cce"]["clusters"], &value["ack"]["clusters"]];
        let troubles = extra.into_iter().filter_map(Value::as_array).flatten();
        let failed = troubles.filter(|row| row["row"]["trouble"].is_object()).map(|row| row["id"].clone());
        let of_ccs = value["ccs"]["tasks"]["troubles"].as_object().into_iter().flatten();
        failed.chain(of_ccs.map(|(id, _)| Value::from(id.as_str()))).collect::<Vec<_>>()
    });
    rows.any(|one| one == *id)
}

fn ends_with(path: &[String], names: &[&str]) -> bool {
    path.len() >= names.len() && path[path.len() - names.len()..].iter().zip(names).all(|(one, name)| one == name)
}

fn look(value: &Value, path: &mut Vec<String>, now: u64, found: &mut Vec<String>) {
    let is_in = |lists: &[&[&str]]| lists.iter().any(|names| ends_with(path, names));
    let goes_on = match value {
        Value::String(text) => {
            WORK.iter().any(|(names, values)| ends_with(path, names) && values.contains(&text.as_str()))
        }
        Value::Bool(true) => is_in(TRUE) || is_in(THERE),
        Value::Bool(false) => is_in(FALSE) || is_in(THERE),
        Value::Null => false,
        _ => is_in(THERE),
    };
    if goes_on {
        found.push(format!("{} is {value}", path.join(".")));
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| look(item, path, now, found)),
        Value::Object(members) => {
            // Parts of a job that has failed may never begin.
            if ends_with(path, &["jobs", "row"]) {
                let ends = members["ends"].as_u64().unwrap_or(0);
                if ends > now && members["fails"].is_null() {
                    found.push(format!("the job {} ends at {ends}, it is {now}", members["id"]));
                }
            }
            for (name, value) in members {
                path.push(name.clone());
                look(value, path, now, found);
                path.pop();
            }
        }
        _ => {}
    }
}
