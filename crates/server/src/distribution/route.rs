//! The paths of the distribution protocol.

use http::Method;
use percent_encoding::percent_decode_str;
use wharf_world::registry::Registries;
use wharf_world::registry::distribution::{DistributionError, Place, check_name};

/// The path of the service that issues tokens.
pub(super) const TOKEN_SERVICE: &str = "/service/token";

/// What a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// Whether the registry is there, and who calls.
    Ping,
    Catalog,
    Tags,
    Manifest(String),
    Blob(String),
    /// New uploads.
    Uploads,
    Upload(String),
    Referrers(String),
}

/// A request: the name of the repository as it was addressed, and what of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) name: String,
    pub(super) target: Target,
}

/// Returns whether a path is one of the distribution protocol, its names aside.
pub(super) fn is_one(path: &str) -> bool {
    let Some(rest) = path.strip_prefix("/v2") else { return false };
    let mut parts = rest.split('/').skip(2);
    matches!(rest, "" | "/" | "/_catalog")
        || rest.starts_with('/') && parts.any(|part| matches!(part, "tags" | "blobs" | "manifests" | "referrers"))
}

/// Reads a path that begins with `/v2`.
pub(super) fn route(path: &str) -> Result<Route, DistributionError> {
    let unknown = || DistributionError::NameUnknown("the path is not one of the distribution protocol".to_owned());
    let decoded = percent_decode_str(path).decode_utf8().map_err(|_| unknown())?;
    let rest = decoded.strip_prefix("/v2").ok_or_else(unknown)?;
    let plain = |target| Ok(Route { name: String::new(), target });
    match rest {
        "" | "/" => return plain(Target::Ping),
        "/_catalog" => return plain(Target::Catalog),
        _ => {}
    }
    let rest = rest.strip_prefix('/').ok_or_else(unknown)?;
    let (name, target) = if let Some(name) = rest.strip_suffix("/tags/list") {
        (name, Target::Tags)
    } else if let Some(name) = rest.strip_suffix("/blobs/uploads/").or_else(|| rest.strip_suffix("/blobs/uploads")) {
        (name, Target::Uploads)
    } else {
        let (head, last) = rest.rsplit_once('/').ok_or_else(unknown)?;
        if let Some(name) = head.strip_suffix("/blobs/uploads") {
            (name, Target::Upload(last.to_owned()))
        } else if let Some(name) = head.strip_suffix("/blobs") {
            (name, Target::Blob(last.to_owned()))
        } else if let Some(name) = head.strip_suffix("/manifests") {
            (name, Target::Manifest(last.to_owned()))
        } else if let Some(name) = head.strip_suffix("/referrers") {
            (name, Target::Referrers(last.to_owned()))
        } else {
            return Err(unknown());
        }
    };
    check_name(name)?;
    Ok(Route { name: name.to_owned(), target })
}

impl Target {
    /// The action that a token has to allow. `None` if the method is not one of the target.
    pub(super) fn action(&self, method: &Method) -> Option<&'static str> {
        match (self, method.as_str()) {
            (Self::Ping | Self::Catalog, "GET" | "HEAD") => Some(""),
            (Self::Tags | Self::Referrers(_) | Self::Manifest(_) | Self::Blob(_), "GET" | "HEAD") => Some("pull"),
            (Self::Manifest(_), "PUT") => Some("push"),
            (Self::Manifest(_) | Self::Blob(_), "DELETE") => Some("delete"),
            (Self::Uploads, "POST") => Some("push"),
            (Self::Upload(_), "GET" | "PATCH" | "PUT" | "DELETE") => Some("push"),
            _ => None,
        }
    }
}

/// Returns the registry that a request addresses, and the repository in it.
///
/// The vendors' host names name a registry. At any other host, such as a loopback address, a name with two parts is one
/// of the personal edition, and the first of more parts is the name of an instance.
pub(super) fn resolve(world: &Registries, host: &str, name: &str) -> Result<(Place, String), DistributionError> {
    if let Some(place) = world.place_of_host(host) {
        return Ok((place, name.to_owned()));
    }
    match name.split_once('/') {
        Some((instance, rest)) if rest.contains('/') => {
            let missing = || DistributionError::NameUnknown(format!("no instance is named {instance}"));
            Ok((world.place_of_name(instance).ok_or_else(missing)?, rest.to_owned()))
        }
        _ => Ok((Place::Personal, name.to_owned())),
    }
}

#[cfg(test)]
mod tests;
