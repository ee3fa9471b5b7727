//! Services: roll-outs and their ends.

use super::{Action, Arguments, Connection, Error, Helper, HelperArgument, Plan, ccs, needed, optional};
use crate::ccs::ServiceHandle;

const CLUSTER: HelperArgument = needed("cluster_id", "string", "The cluster.");
const SERVICE: HelperArgument = needed("service_name", "string", "The service.");
const NAMESPACE: HelperArgument = optional("namespace", "string", "The namespace of the service. Default: default.");
const REPLICAS: HelperArgument = needed("replicas", "int", "The number of pods.");

/// Declares helpers that need no argument but those of the handle.
macro_rules! plain {
    ($name:literal, $method:ident, $doc:literal) => {
        Helper {
            name: $name,
            doc: $doc,
            arguments: &[CLUSTER, SERVICE, NAMESPACE],
            action: Action::Call(|connection, given| Ok(Plan::of(service(connection, given)?.$method().input()))),
        }
    };
}

pub(super) const HELPERS: &[Helper] = &[
    Helper {
        name: "service_handle.create",
        doc: "Creates a service. Further members are fields of the operation, such as containers. The waiter service_normal \
              waits until its pods run.",
        arguments: &[CLUSTER, SERVICE, NAMESPACE, REPLICAS],
        action: Action::Call(|connection, given| {
            Ok(Plan::of(service(connection, given)?.create(given.int("replicas")?).input()))
        }),
    },
    Helper {
        name: "service_handle.replace",
        doc: "Replaces a service by the given configuration and rolls it out. Further members are fields of the operation. \
              Fields that are not set are not kept.",
        arguments: &[CLUSTER, SERVICE, NAMESPACE, REPLICAS],
        action: Action::Call(|connection, given| {
            Ok(Plan::of(service(connection, given)?.replace(given.int("replicas")?).input()))
        }),
    },
    Helper {
        name: "service_handle.set_image",
        doc: "Rolls out another image, for a service with one container.",
        arguments: &[CLUSTER, SERVICE, NAMESPACE, needed("image", "string", "The image.")],
        action: Action::Call(|connection, given| {
            Ok(Plan::of(service(connection, given)?.set_image(given.text("image")?).input()))
        }),
    },
    Helper {
        name: "service_handle.set_images",
        doc: "Rolls out other images, for a service with several containers.",
        arguments: &[
            CLUSTER,
            SERVICE,
            NAMESPACE,
            needed("images", "map<string>", "The images by names of containers."),
        ],
        action: Action::Call(|connection, given| {
            Ok(Plan::of(service(connection, given)?.set_images(given.pairs("images")?).input()))
        }),
    },
    plain!("service_handle.redeploy", redeploy, "Restarts all pods of a service. They pull their images again."),
    plain!(
        "service_handle.pause",
        pause,
        "Pauses a roll-out. A service that is not being rolled out stops scaling until it is resumed."
    ),
    plain!("service_handle.resume", resume, "Resumes a paused roll-out."),
    plain!(
        "service_handle.roll_back",
        roll_back,
        "Restores a service to the state before its last change. Earlier states are not available."
    ),
    Helper {
        name: "service_handle.set_description",
        doc: "Sets the description of a service.",
        arguments: &[
            CLUSTER,
            SERVICE,
            NAMESPACE,
            needed("description", "string", "The description. An empty one erases it."),
        ],
        action: Action::Call(|connection, given| {
            Ok(Plan::of(service(connection, given)?.set_description(given.any_text("description")?).input()))
        }),
    },
    plain!(
        "service_handle.delete",
        delete,
        "Deletes a service with its pods and its load balancer. The waiter service_deleted waits for its end."
    ),
    plain!("service_handle.get", get, "Returns a service."),
];

fn service(connection: &Connection, given: &Arguments<'_>) -> Result<ServiceHandle, Error> {
    let clusters = ccs::cluster::Client::new(connection.clone());
    let service = clusters.service(given.text("cluster_id")?, given.text("service_name")?);
    Ok(match given.optional_text("namespace")? {
        Some(namespace) => service.namespace(namespace),
        None => service,
    })
}
