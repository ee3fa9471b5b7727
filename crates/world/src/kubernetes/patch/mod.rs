//! The four kinds of patches.

pub mod apply;
pub mod fields;
pub mod strategic;

use super::refusal::{Answer, Refusal};
use super::request::media_type;
use super::resource::Resource;
use super::schema::shape::Shape;
use serde_json::Value;

/// A kind of patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatchKind {
    Json,
    Merge,
    Strategic,
    Apply,
}

impl PatchKind {
    /// The kind of patch that a `Content-Type` names. Custom objects have no strategic merge.
    pub fn read(content_type: &str, resource: &Resource) -> Answer<Self> {
        let custom = resource.custom.is_some();
        match media_type(content_type).as_str() {
            "application/json-patch+json" => Ok(Self::Json),
            "application/merge-patch+json" => Ok(Self::Merge),
            "application/strategic-merge-patch+json" | "" | "application/json" if !custom => Ok(Self::Strategic),
            "" | "application/json" => Ok(Self::Merge),
            "application/apply-patch+yaml" | "application/apply-patch+cbor" => Ok(Self::Apply),
            _ => {
                let mut accepted = vec!["application/json-patch+json", "application/merge-patch+json"];
                accepted.extend((!custom).then_some("application/strategic-merge-patch+json"));
                accepted.push("application/apply-patch+yaml");
                Err(Refusal::unsupported_media(&accepted.join(", ")))
            }
        }
    }
}

/// Changes an object as a patch says, which is not one of the kind [`PatchKind::Apply`].
pub fn change(kind: PatchKind, resource: &Resource, object: &mut Value, body: &[u8]) -> Answer<()> {
    let bad = |error: serde_json::Error| Refusal::bad_request(format!("error decoding patch: {error}"));
    match kind {
        PatchKind::Json => {
            let patch: json_patch::Patch = serde_json::from_slice(body).map_err(bad)?;
            json_patch::patch(object, &patch).map_err(|error| {
                Refusal::new(
                    422,
                    "Invalid",
                    format!("the server rejected our request due to an error in our request: {error}"),
                )
            })
        }
        PatchKind::Merge => {
            let patch: Value = serde_json::from_slice(body).map_err(bad)?;
            if !patch.is_object() {
                return Err(Refusal::bad_request("error decoding patch: a merge patch is an object"));
            }
            json_patch::merge(object, &patch);
            Ok(())
        }
        PatchKind::Strategic | PatchKind::Apply => {
            let patch: Value = serde_json::from_slice(body).map_err(bad)?;
            strategic::merge(object, &patch, Shape::of(resource))
        }
    }
}
