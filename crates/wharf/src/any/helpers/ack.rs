//! The helpers of ACK.

use super::arguments::{Arguments, json};
use super::{Action, Helper, HelperArgument, Plan, needed};
use crate::Error;
use crate::ack::types::{AutoScaling, CreateScalingGroup, KubernetesConfig, Taint};
use crate::ack::{Upgrade, cluster};
use wharf_core::Connection;

const CLUSTER: HelperArgument = needed("cluster_id", "string", "The cluster.");
const KEY: HelperArgument = needed("key", "string", "The key of the taint.");
const VALUE: HelperArgument = needed("value", "string", "The value of the taint. May be empty.");

pub(super) static HELPERS: &[Helper] = &[
    Helper {
        name: "upgrade.start",
        doc: "Starts the upgrade of a cluster to another version of Kubernetes. The waiter upgrade_done waits for its end.",
        arguments: &[
            CLUSTER,
            needed("next_version", "string", "The version, one that the cluster supports: see its next_version."),
        ],
        action: Action::Call(|connection, given| {
            Ok(Plan::of(upgrade(connection, given)?.start(given.text("next_version")?).input()))
        }),
    },
    Helper {
        name: "upgrade.status",
        doc: "Returns the status of the upgrade of a cluster.",
        arguments: &[CLUSTER],
        action: Action::Call(|connection, given| Ok(Plan::of(upgrade(connection, given)?.status().input()))),
    },
    Helper {
        name: "upgrade.pause",
        doc: "Pauses the upgrade of a cluster until it is resumed.",
        arguments: &[CLUSTER],
        action: Action::Call(|connection, given| Ok(Plan::of(upgrade(connection, given)?.pause().input()))),
    },
    Helper {
        name: "upgrade.resume",
        doc: "Resumes the paused upgrade of a cluster.",
        arguments: &[CLUSTER],
        action: Action::Call(|connection, given| Ok(Plan::of(upgrade(connection, given)?.resume().input()))),
    },
    Helper {
        name: "upgrade.cancel",
        doc: "Cancels the upgrade of a cluster. Nodes that are already upgraded stay so.",
        arguments: &[CLUSTER],
        action: Action::Call(|connection, given| Ok(Plan::of(upgrade(connection, given)?.cancel().input()))),
    },
    Helper {
        name: "auto_scaling.between",
        doc: "Settings of a node pool that scales automatically between a minimum and a maximum number of servers of the \
              default type.",
        arguments: &[
            needed("min_instances", "int", "The smallest number of servers."),
            needed("max_instances", "int", "The largest number of servers."),
        ],
        action: Action::Value(|given| {
            Ok(json(&AutoScaling::between(given.int("min_instances")?, given.int("max_instances")?)))
        }),
    },
    Helper {
        name: "auto_scaling.off",
        doc: "Settings of a node pool whose size changes only on request.",
        arguments: &[],
        action: Action::Value(|_| Ok(json(&AutoScaling::off()))),
    },
    Helper {
        name: "create_scaling_group.servers",
        doc: "A scaling group of servers with the default system disk.",
        arguments: &[
            needed("instance_types", "list<string>", "The types of servers, in order of preference."),
            needed("vswitch_ids", "list<string>", "The switches of the servers."),
        ],
        action: Action::Value(|given| {
            Ok(json(&CreateScalingGroup::servers(given.texts("instance_types")?, given.texts("vswitch_ids")?)))
        }),
    },
    Helper {
        name: "kubernetes_config.node_names",
        doc: "The rule for names of nodes: a prefix, a part of the node's address, and a suffix.",
        arguments: &[
            needed("prefix", "string", "The start of the names. May be empty."),
            needed("characters", "uint", "The number of characters of the node's address, 5 to 12."),
            needed("suffix", "string", "The end of the names. May be empty."),
        ],
        action: Action::Value(|given| {
            let (prefix, suffix) = (given.any_text("prefix")?, given.any_text("suffix")?);
            Ok(json(&KubernetesConfig::default().node_names(prefix, given.whole("characters")?, suffix)))
        }),
    },
    Helper {
        name: "taint.no_schedule",
        doc: "A taint that keeps pods without a matching toleration off the node.",
        arguments: &[KEY, VALUE],
        action: Action::Value(|given| Ok(json(&Taint::no_schedule(given.text("key")?, given.any_text("value")?)))),
    },
    Helper {
        name: "taint.no_execute",
        doc: "A taint that keeps pods without a matching toleration off the node and evicts those that already run on it.",
        arguments: &[KEY, VALUE],
        action: Action::Value(|given| Ok(json(&Taint::no_execute(given.text("key")?, given.any_text("value")?)))),
    },
    Helper {
        name: "taint.prefer_no_schedule",
        doc: "A taint that keeps pods without a matching toleration off the node if possible.",
        arguments: &[KEY, VALUE],
        action: Action::Value(|given| {
            Ok(json(&Taint::prefer_no_schedule(given.text("key")?, given.any_text("value")?)))
        }),
    },
];

fn upgrade(connection: &Connection, given: &Arguments<'_>) -> Result<Upgrade, Error> {
    Ok(cluster::Client::new(connection.clone()).upgrade(given.text("cluster_id")?))
}
