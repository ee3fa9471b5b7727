//! Texts that are no worlds: each is refused with the place and with what is expected.

use super::clouds::busy_world;
use serde_json::{Value, json};
use wharf_world::World;

/// The value at that JSON pointer.
fn at<'v>(value: &'v mut Value, pointer: &str) -> &'v mut Value {
    value.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} is not there"))
}

/// The realm of Tencent's account in a saved world.
const TENCENT: &str = "/state/realms/2/value";

/// A change of a saved world, with the place of the error and a part of its message.
type Case = (&'static str, fn(&mut Value), &'static str, &'static str);

fn set(value: &mut Value, pointer: &str, new: Value) {
    *at(value, pointer) = new;
}

const CASES: [Case; 24] = [
    ("a newer version", |v| set(v, "/version", json!(2)), "version", "format 2 is not supported, format 1 is expected"),
    ("an older version", |v| set(v, "/version", json!(0)), "version", "format 0 is not supported"),
    ("no version", |v| drop(v.as_object_mut().unwrap().remove("version")), "", "missing field `version`"),
    ("an unknown field", |v| v["state"]["more"] = json!(1), "state.more", "unknown field `more`"),
    (
        "an unknown field of a node",
        |v| at(v, &format!("{TENCENT}/clusters/0/row/nodes/1/row"))["colour"] = json!("red"),
        "state.realms[2].value.clusters[0].row.nodes[1].row.colour",
        "unknown field `colour`, expected one of",
    ),
    (
        "a field of another type",
        |v| set(v, &format!("{TENCENT}/clusters/1/row/name"), json!(7)),
        "state.realms[2].value.clusters[1].row.name",
        "invalid type: integer `7`, expected a string",
    ),
    (
        "a missing field",
        |v| drop(at(v, &format!("{TENCENT}/machines/0/row")).as_object_mut().unwrap().remove("zone")),
        "state.realms[2].value.machines[0].row",
        "missing field `zone`",
    ),
    (
        "a negative number",
        |v| set(v, "/state/now", json!(-1)),
        "state.now",
        "invalid value: integer `-1`, expected u64",
    ),
    (
        "a moment that has no date",
        |v| set(v, "/state/now", json!(u64::MAX)),
        "state.now",
        "the last moment of the year 9999",
    ),
    (
        "an unknown product",
        |v| set(v, &format!("{TENCENT}/clusters/0/row/engine"), json!("gke")),
        "state.realms[2].value.clusters[0].row.engine",
        "unknown product `gke`",
    ),
    (
        "a product of another vendor",
        |v| set(v, &format!("{TENCENT}/clusters/1/row/engine"), json!("ack")),
        "state.realms[2].value.clusters[1].row.engine",
        "is an engine of alibaba, in a realm of tencent",
    ),
    (
        "an unknown vendor",
        |v| set(v, "/state/realms/0/key/vendor", json!("nobody")),
        "state.realms[0].key.vendor",
        "unknown vendor `nobody`",
    ),
    (
        "an unknown state",
        |v| set(v, &format!("{TENCENT}/clusters/0/row/stage"), json!("Sleeping")),
        "state.realms[2].value.clusters[0].row.stage",
        "unknown variant `Sleeping`, expected one of `Creating`, `Up`, `Deleting`",
    ),
    (
        "a range that is none",
        |v| set(v, &format!("{TENCENT}/clusters/0/row/range"), json!("10.0.0.0/40")),
        "state.realms[2].value.clusters[0].row.range",
        "is not an address range such as",
    ),
    (
        "a cluster in a network that is not there",
        |v| set(v, &format!("{TENCENT}/clusters/0/row/network"), json!("vpc-gone")),
        "state.realms[2].value.clusters[0].row.network",
        "`vpc-gone` is not there",
    ),
    (
        "a node without its machine",
        |v| {
            let machine = at(v, &format!("{TENCENT}/clusters/0/row/nodes/0/id")).clone();
            at(v, &format!("{TENCENT}/machines")).as_array_mut().unwrap().retain(|row| row["id"] != machine);
        },
        "state.realms[2].value.clusters[0].row.nodes[0].row.machine",
        "is not there",
    ),
    (
        "a machine of a cluster that is not there",
        |v| set(v, &format!("{TENCENT}/machines/0/row/cluster"), json!("cls-gone")),
        "state.realms[2].value.machines[0].row.cluster",
        "`cls-gone` has no node on this machine",
    ),
    (
        "an identifier that is there twice",
        |v| {
            let machines = at(v, &format!("{TENCENT}/machines")).as_array_mut().unwrap();
            machines.push(machines[0].clone());
        },
        "state.realms[2].value.machines",
        "is there twice",
    ),
    (
        "an address that is given twice",
        |v| {
            let other = at(v, &format!("{TENCENT}/machines/1/row/private_ip")).clone();
            set(v, &format!("{TENCENT}/machines/0/row/private_ip"), other);
        },
        "state.realms[2].value.machines[1].row",
        "is given twice",
    ),
    (
        "an event in a realm that is not there",
        |v| set(v, "/state/queue/0/realm/region", json!("ap-nowhere")),
        "state.queue[0].realm",
        "is not there",
    ),
    ("an event in the past", |v| set(v, "/state/queue/0/due", json!(1)), "state.queue[0].due", "is in the past"),
    (
        "a repository in a namespace that is not there",
        |v| set(v, "/state/registry/namespaces", json!({})),
        "state.registry.repositories[0].value.name.namespace",
        "`team` is not there",
    ),
    (
        "an object of Kubernetes that is not in the list",
        |v| set(v, &format!("{TENCENT}/clusters/0/row/kubernetes/store/objects/0/value"), json!(1_000_000)),
        "state.realms[2].value.clusters[0].row.kubernetes.store",
        "there is no value 1000000",
    ),
    (
        "a cluster that is missing in its product",
        |v| set(v, "/state/realms/1/value/cce/clusters", json!([])),
        "state.realms[1].value.cce.clusters",
        "is missing",
    ),
];

#[test]
fn what_is_no_world_is_refused_with_the_place_and_what_is_expected() {
    let saved: Value = serde_json::from_str(&busy_world().save()).unwrap();
    let wrong = CASES.iter().filter_map(|(what, change, path, message)| {
        let mut changed = saved.clone();
        change(&mut changed);
        let error = match World::load(&changed.to_string()) {
            Ok(_) => return Some(format!("{what}: not refused")),
            Err(error) => error,
        };
        let fits = error.path() == *path && error.message().contains(message);
        (!fits).then(|| format!("{what}: at `{}`: {}", error.path(), error.message()))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_text_that_is_cut_short_is_refused_wherever_it_ends() {
    let saved = busy_world().save();
    for part in 0..20 {
        let mut end = saved.len() * part / 20;
        while !saved.is_char_boundary(end) {
            end -= 1;
        }
        let error = World::load(&saved[..end]).unwrap_err();
        assert!(error.message().contains("EOF"), "{end}: {error}");
    }
    assert!(World::load(&format!("{saved}]")).unwrap_err().message().contains("trailing characters"));
}

#[test]
fn a_text_with_too_many_levels_is_refused() {
    let text = "[".repeat(100_000);
    assert_eq!(World::load(&text).unwrap_err().message(), "more than 160 levels of lists and objects");
}
