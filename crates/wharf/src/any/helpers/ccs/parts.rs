//! Parts of services.

use super::{Action, Helper, HelperArgument, json, needed};
use crate::ccs::cluster::types::Volume;
use crate::ccs::types::{HealthCheck, PortMapping};

const PORT: HelperArgument = needed("port", "uint", "The port of the container.");
const PATH: HelperArgument = needed("path", "string", "The path of the URL.");
const SERVICE_PORT: HelperArgument = needed("service_port", "uint", "The port of the service.");
const CONTAINER_PORT: HelperArgument = needed("container_port", "uint", "The port of the containers.");
const NAME: HelperArgument = needed("name", "string", "The name of the volume.");

pub(super) const HELPERS: &[Helper] = &[
    Helper {
        name: "health_check.tcp",
        doc: "A check that succeeds when the port accepts a connection.",
        arguments: &[PORT],
        action: Action::Value(|given| Ok(json(&HealthCheck::tcp(given.whole("port")?)))),
    },
    Helper {
        name: "health_check.http",
        doc: "A check that succeeds when a GET of the path returns a status from 200 to 399.",
        arguments: &[PORT, PATH],
        action: Action::Value(|given| Ok(json(&HealthCheck::http(given.whole("port")?, given.text("path")?)))),
    },
    Helper {
        name: "health_check.https",
        doc: "A check like that of health_check.http, over TLS.",
        arguments: &[PORT, PATH],
        action: Action::Value(|given| Ok(json(&HealthCheck::https(given.whole("port")?, given.text("path")?)))),
    },
    Helper {
        name: "health_check.command",
        doc: "A check that succeeds when a command, run in the container, exits with 0.",
        arguments: &[needed("command", "string", "The command.")],
        action: Action::Value(|given| Ok(json(&HealthCheck::command(given.text("command")?)))),
    },
    Helper {
        name: "port_mapping.tcp",
        doc: "A mapping from a TCP port of the service to a port of the containers.",
        arguments: &[SERVICE_PORT, CONTAINER_PORT],
        action: Action::Value(|given| {
            Ok(json(&PortMapping::tcp(given.whole("service_port")?, given.whole("container_port")?)))
        }),
    },
    Helper {
        name: "port_mapping.udp",
        doc: "A mapping from a UDP port of the service to a port of the containers.",
        arguments: &[SERVICE_PORT, CONTAINER_PORT],
        action: Action::Value(|given| {
            Ok(json(&PortMapping::udp(given.whole("service_port")?, given.whole("container_port")?)))
        }),
    },
    Helper {
        name: "volume.on_host",
        doc: "A volume from a folder of the node, or from a temporary folder if the path is empty.",
        arguments: &[NAME, needed("path", "string", "The folder. May be empty.")],
        action: Action::Value(|given| Ok(json(&Volume::on_host(given.text("name")?, given.any_text("path")?)))),
    },
    Helper {
        name: "volume.cloud_disk",
        doc: "A volume from a cloud disk. A service with such a volume has at most one pod.",
        arguments: &[NAME, needed("disk_id", "string", "The disk.")],
        action: Action::Value(|given| Ok(json(&Volume::cloud_disk(given.text("name")?, given.text("disk_id")?)))),
    },
    Helper {
        name: "volume.nfs",
        doc: "A volume from a folder of an NFS server.",
        arguments: &[NAME, needed("path", "string", "The server and its folder (127.0.0.1:/exports).")],
        action: Action::Value(|given| Ok(json(&Volume::nfs(given.text("name")?, given.text("path")?)))),
    },
    Helper {
        name: "volume.configuration",
        doc: "A volume from keys of a version of a configuration, each as a file.",
        arguments: &[
            NAME,
            needed("config_id", "string", "The configuration."),
            needed("version", "string", "The version of the configuration."),
            needed("keys", "list<string>", "The keys."),
        ],
        action: Action::Value(|given| {
            let (name, id) = (given.text("name")?, given.text("config_id")?);
            Ok(json(&Volume::configuration(name, id, given.text("version")?, given.texts("keys")?)))
        }),
    },
];
