//! The helpers of CCE.

use super::arguments::{Arguments, json};
use super::{Action, Helper, HelperArgument, Plan, needed, optional};
use crate::Error;
use crate::cce::types::{AddonRequestMetadata, ClusterMetadata, ClusterSpec, Login, NodeSpec, UserPassword, Volume};
use crate::cce::{NodePassword, cluster};

const PASSWORD: HelperArgument = needed(
    "password",
    "string",
    "The password: 8 to 26 characters from three of upper-case letters, lower-case letters, digits and special characters.",
);
const USER: HelperArgument = optional("user", "string", "The user of the login. Default: root.");

pub(super) static HELPERS: &[Helper] = &[
    Helper {
        name: "job.get",
        doc: "Returns a job: work that continues after the call that requested it. The waiter job_done waits for its end.",
        arguments: &[needed("job_id", "string", "The job: the jobID of the response that started it.")],
        action: Action::Call(|connection, given| {
            Ok(Plan::of(cluster::Client::new(connection.clone()).job(given.text("job_id")?).get().input()))
        }),
    },
    Helper {
        name: "node_password.for_user",
        doc: "The password of a node in the form of the service: salted and hashed by SHA-512 crypt, in Base64. It is a secret \
              too.",
        arguments: &[PASSWORD, USER],
        action: Action::Value(|given| Ok(password(given)?.expose().into())),
    },
    Helper {
        name: "login.password",
        doc: "A login of a node with a password, which is salted and hashed.",
        arguments: &[PASSWORD, USER],
        action: Action::Value(|given| {
            let user = given.optional_text("user")?.unwrap_or(ROOT);
            let login = UserPassword::default().username(user).password(password(given)?);
            Ok(json(&Login::default().set_user_password(login)))
        }),
    },
    Helper {
        name: "login.key_pair",
        doc: "A login of a node with a key pair.",
        arguments: &[needed("name", "string", "The name of the key pair in the service.")],
        action: Action::Value(|given| Ok(json(&Login::key_pair(given.text("name")?)))),
    },
    Helper {
        name: "node_spec.server",
        doc: "The specification of one server, with the fields that the service requires: login, system disk of 40 GB and data \
              disk of 100 GB.",
        arguments: &[
            needed("flavor", "string", "The machine type."),
            needed("zone", "string", "The zone."),
            needed(
                "login",
                "object",
                "The login, with the API's names: the value of login.password or login.key_pair.",
            ),
        ],
        action: Action::Value(|given| {
            let login: Login = given.model("login")?;
            Ok(json(&NodeSpec::server(given.text("flavor")?, given.text("zone")?, login)))
        }),
    },
    Helper {
        name: "volume.new",
        doc: "A disk of a node.",
        arguments: &[
            needed("volume_type", "string", "The type of the disk (SATA, SAS, SSD)."),
            needed("size", "int", "The size in GB."),
        ],
        action: Action::Value(|given| Ok(json(&Volume::new(given.text("volume_type")?, given.int("size")?)))),
    },
    Helper {
        name: "cluster_spec.virtual_machines",
        doc: "The specification of a cluster of virtual machines in a network of the user, with an overlay network for \
              containers.",
        arguments: &[
            needed("flavor", "string", "The size of the cluster (cce.s1.small)."),
            needed("vpc", "string", "The network."),
            needed("subnet", "string", "The subnet."),
        ],
        action: Action::Value(|given| {
            let (vpc, subnet) = (given.text("vpc")?, given.text("subnet")?);
            Ok(json(&ClusterSpec::virtual_machines(given.text("flavor")?, vpc, subnet)))
        }),
    },
    Helper {
        name: "cluster_metadata.install_addons",
        doc: "Metadata of a new cluster with the add-ons that are installed instead of the default ones.",
        arguments: &[needed("addons", "list<object>", "The add-ons, with the API's names.")],
        action: Action::Value(|given| Ok(json(&ClusterMetadata::default().install_addons(given.models("addons")?)))),
    },
    Helper {
        name: "addon_request_metadata.install",
        doc: "Metadata of an add-on to be created.",
        arguments: &[],
        action: Action::Value(|_| Ok(json(&AddonRequestMetadata::install()))),
    },
    Helper {
        name: "addon_request_metadata.upgrade",
        doc: "Metadata of an add-on to be updated.",
        arguments: &[],
        action: Action::Value(|_| Ok(json(&AddonRequestMetadata::upgrade()))),
    },
];

/// User of the login if no other is set.
const ROOT: &str = "root";

fn password(given: &Arguments<'_>) -> Result<NodePassword, Error> {
    NodePassword::for_user(given.optional_text("user")?.unwrap_or(ROOT), given.any_text("password")?)
}
