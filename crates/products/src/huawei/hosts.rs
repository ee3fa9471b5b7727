//! Selection of the host of an operation.

use super::settings::ClusterAddressing;
use http::header::{HeaderName, HeaderValue};
use wharf_core::Error;
use wharf_core::host::is_label;
use wharf_core::model::{In, Model, Ref};
use wharf_core::operation::OperationMeta;
use wharf_core::product::Unsigned;

/// Header that names the cluster if the host does not.
const CLUSTER_HEADER: HeaderName = HeaderName::from_static("x-cluster-id");
/// Field that names the cluster.
const CLUSTER: &str = "cluster_id";

/// The owner of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HostKind {
    /// The product.
    Service,
    /// The identity service.
    Iam,
    /// A cluster, with a host below that of the product.
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

/// Directs the request to its cluster: by a label before the host, or by a header if the addressing or the host does not
/// allow labels. A request that names no cluster goes to the service itself.
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
            // A proxy in between has one name for all clusters.
            let direct = unsigned.endpoint.authority == unsigned.signed.authority;
            unsigned.signed.authority = format!("{cluster}.{}", unsigned.signed.authority);
            if direct {
                unsigned.endpoint.authority.clone_from(&unsigned.signed.authority);
            }
        }
        // A cluster that is named in the query or in the body needs no header.
        (_, Some(given)) => {
            let value = HeaderValue::from_str(given).map_err(|_| Error::invalid_input(CLUSTER, "is not an id"))?;
            unsigned.headers.insert(CLUSTER_HEADER, value);
        }
        _ => {}
    }
    Ok(())
}

/// Returns the text at the end of a path of field names, if the first field travels in a place that `place` accepts.
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
