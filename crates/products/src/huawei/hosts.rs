//! Which host an operation goes to.

use super::settings::ClusterAddressing;
use http::header::{HeaderName, HeaderValue};
use wharf_core::Error;
use wharf_core::host::is_label;
use wharf_core::model::{In, Model, Ref};
use wharf_core::operation::OperationMeta;
use wharf_core::product::Unsigned;

/// Names the cluster where the host does not.
const CLUSTER_HEADER: HeaderName = HeaderName::from_static("x-cluster-id");
/// The member that names the cluster.
const CLUSTER: &str = "cluster_id";

/// Whose host it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HostKind {
    /// The product's own.
    Service,
    /// That of the identity service.
    Iam,
    /// A cluster's, below the product's.
    Cluster,
}

impl HostKind {
    pub(super) fn of(operation: &OperationMeta) -> Self {
        match operation.host {
            "iam" => Self::Iam,
            "cluster" => Self::Cluster,
            _ => Self::Service,
        }
    }
}

/// Sends the request to the cluster it is about: by a label before the host, or where that cannot be, by a
/// header. A request that names no cluster goes to the service itself.
pub(super) fn address(input: &dyn Model, addressing: ClusterAddressing, unsigned: &mut Unsigned) -> Result<(), Error> {
    let given = text_at(input, &[CLUSTER], |place| place == In::Host);
    let cluster = given
        .or_else(|| text_at(input, &[CLUSTER], |place| place == In::Query))
        .or_else(|| text_at(input, &["spec", "clusterID"], |place| place == In::Body));
    if let Some(cluster) = cluster
        && !is_label(cluster)
    {
        return Err(Error::invalid_input(CLUSTER, "is not the id of a cluster: letters, digits and hyphens"));
    }
    let by_host = addressing == ClusterAddressing::Host && unsigned.signed.has_subdomains();
    match (cluster, given) {
        (Some(cluster), _) if by_host => {
            // A proxy between has one name for all clusters.
            let direct = unsigned.endpoint.authority == unsigned.signed.authority;
            unsigned.signed.authority = format!("{cluster}.{}", unsigned.signed.authority);
            if direct {
                unsigned.endpoint.authority.clone_from(&unsigned.signed.authority);
            }
        }
        // What stands in the query or in the body need not be said again.
        (_, Some(given)) => {
            let value = HeaderValue::from_str(given).map_err(|_| Error::invalid_input(CLUSTER, "is not an id"))?;
            unsigned.headers.insert(CLUSTER_HEADER, value);
        }
        _ => {}
    }
    Ok(())
}

/// The text at the end of a way through the members, if the first of them travels in such a place.
pub(super) fn text_at<'a>(input: &'a dyn Model, way: &[&str], place: impl Fn(In) -> bool) -> Option<&'a str> {
    let (first, rest) = way.split_first()?;
    let mut found = None;
    input.each(&mut |member, value| {
        if member.wire == *first && place(member.place) {
            found = Some(value);
        }
    });
    match found? {
        Ref::Text(text) if rest.is_empty() && !text.is_empty() => Some(text),
        Ref::Object(inner) => text_at(inner, rest, place),
        _ => None,
    }
}
