//! Manifests of images: what they refer to.

use super::digest::{Algorithm, digest_of};
use super::distribution::DistributionError;
use super::{Blob, Image};
use crate::kernel::Millis;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The largest manifest, in bytes, as the distribution specification recommends.
pub const LARGEST_MANIFEST: usize = 4 << 20;

/// The media types of manifests of one image.
const IMAGES: [&str; 2] =
    ["application/vnd.docker.distribution.manifest.v2+json", "application/vnd.oci.image.manifest.v1+json"];
/// The media types of lists of manifests.
const LISTS: [&str; 2] =
    ["application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.oci.image.index.v1+json"];
/// The media type of the configuration of a Helm chart.
const CHART: &str = "application/vnd.cncf.helm.config.v1+json";

/// What a manifest refers to: a configuration, a layer, another manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Descriptor {
    pub media_type: String,
    pub digest: String,
    pub size: u64,
}

impl Descriptor {
    fn read(value: &Value, place: &str) -> Result<Self, DistributionError> {
        let wrong = |problem: &str| DistributionError::ManifestInvalid(format!("{place}{problem}"));
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let digest = text("digest").ok_or_else(|| wrong(".digest is not a text"))?;
        if Algorithm::of(digest).is_none() {
            return Err(wrong(".digest is not a digest of sha256 or sha512"));
        }
        let size = value.get("size").and_then(Value::as_u64).ok_or_else(|| wrong(".size is not a size in bytes"))?;
        let media_type = text("mediaType").ok_or_else(|| wrong(".mediaType is not a text"))?.to_owned();
        Ok(Self { media_type, digest: digest.to_owned(), size })
    }

    /// Returns whether a registry need not have the content: clients fetch it elsewhere.
    fn is_foreign(&self) -> bool {
        self.media_type.contains(".foreign.") || self.media_type.contains(".nondistributable.")
    }
}

/// A manifest in a repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub digest: String,
    pub media_type: String,
    /// The bytes that were pushed.
    pub content: Blob,
    pub pushed: Millis,
    pub config: Option<Descriptor>,
    pub layers: Vec<Descriptor>,
    /// The manifests that a list contains.
    pub manifests: Vec<Descriptor>,
    /// The digest of the manifest that this one is about.
    pub subject: Option<String>,
    pub artifact_type: Option<String>,
    pub annotations: Map<String, Value>,
}

impl Manifest {
    /// Reads a manifest that is pushed with that media type.
    ///
    /// # Errors
    /// The manifest is malformed, or of an unknown media type. The message names the member.
    pub fn read(media_type: &str, content: &Bytes, digest: String, pushed: Millis) -> Result<Self, DistributionError> {
        let invalid = |message: String| DistributionError::ManifestInvalid(message);
        let document: Value =
            serde_json::from_slice(content).map_err(|error| invalid(format!("the manifest is not JSON: {error}")))?;
        if !document.is_object() {
            return Err(invalid("the manifest is not a JSON object".to_owned()));
        }
        let stated = document.get("mediaType").and_then(Value::as_str);
        if let Some(stated) = stated.filter(|stated| *stated != media_type) {
            return Err(invalid(format!("mediaType is {stated}, and the header Content-Type is {media_type}")));
        }
        if document.get("schemaVersion").and_then(Value::as_u64) != Some(2) {
            return Err(invalid("schemaVersion is not 2".to_owned()));
        }
        let list = |name: &str| match document.get(name) {
            None => Err(invalid(format!("{name} is missing"))),
            Some(value) => {
                let items = value.as_array().ok_or_else(|| invalid(format!("{name} is not a list")))?;
                let item = |(at, item)| Descriptor::read(item, &format!("{name}[{at}]"));
                items.iter().enumerate().map(item).collect::<Result<Vec<_>, _>>()
            }
        };
        let (config, layers, manifests) = if IMAGES.contains(&media_type) {
            let config = document.get("config").ok_or_else(|| invalid("config is missing".to_owned()))?;
            (Some(Descriptor::read(config, "config")?), list("layers")?, Vec::new())
        } else if LISTS.contains(&media_type) {
            (None, Vec::new(), list("manifests")?)
        } else {
            let known = [IMAGES, LISTS].concat().join(", ");
            return Err(invalid(format!("the header Content-Type is {media_type}, not one of {known}")));
        };
        let subject = document.get("subject").filter(|subject| !subject.is_null());
        let subject = subject.map(|subject| Descriptor::read(subject, "subject")).transpose()?;
        let artifact_type = document.get("artifactType").and_then(Value::as_str).filter(|text| !text.is_empty());
        // A manifest without a type is of the type of its configuration.
        let artifact_type = artifact_type.map(str::to_owned).or(config.as_ref().map(|one| one.media_type.clone()));
        Ok(Self {
            digest,
            media_type: media_type.to_owned(),
            content: Blob::small(content.clone()),
            pushed,
            config,
            layers,
            manifests,
            subject: subject.map(|subject| subject.digest),
            artifact_type,
            annotations: document.get("annotations").and_then(Value::as_object).cloned().unwrap_or_default(),
        })
    }

    /// Returns the configuration and the layers that the registry has to have.
    pub fn blobs(&self) -> impl Iterator<Item = &Descriptor> {
        self.config.iter().chain(&self.layers).filter(|descriptor| !descriptor.is_foreign())
    }

    /// Returns whether it contains other manifests.
    pub fn is_list(&self) -> bool {
        LISTS.contains(&self.media_type.as_str())
    }

    /// Returns the kind of artifact, as TCR names it.
    pub fn kind(&self) -> &'static str {
        match &self.config {
            Some(config) if config.media_type == CHART => "helm",
            _ if self.is_list() => "image-index",
            _ => "docker",
        }
    }

    /// Returns the size of the image: the manifest, its configuration and its layers, or the images of its list.
    pub fn image_size(&self) -> u64 {
        let parts = self.config.iter().chain(&self.layers).chain(&self.manifests).map(|part| part.size);
        parts.fold(self.content.size(), u64::saturating_add)
    }

    /// Returns the image with what its configuration says of it.
    pub fn image(&self, config: &[u8]) -> Image {
        let document: Value = serde_json::from_slice(config).unwrap_or_default();
        let text = |name: &str| document.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let id = self.config.as_ref().map_or(&self.digest, |config| &config.digest);
        let mut image = Image::pushed(self.digest.clone(), id.clone(), self.image_size());
        (image.architecture, image.os) = (text("architecture"), text("os"));
        (image.author, image.docker_version) = (text("author"), text("docker_version"));
        image.built = crate::kernel::time::read_iso(&text("created"));
        image
    }
}

/// The parts of an image that no client pushed: small, valid, and the same for equal images.
pub(super) struct Parts {
    pub manifest: Bytes,
    pub config: Bytes,
    pub layer: Bytes,
}

/// The media type of the manifests of [`Parts`].
pub(super) const PARTS: &str = IMAGES[1];

impl Parts {
    /// Makes the parts. The labels distinguish images; the layer is an archive without files.
    pub(super) fn of(labels: &[(&str, String)], members: &[(&str, &str)]) -> Self {
        // An archive ends with two empty blocks of 512 bytes.
        let layer = Bytes::from(vec![0; 1_024]);
        let layer_digest = digest_of(Algorithm::Sha256, &layer);
        let labels: Map<String, Value> =
            labels.iter().map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str()))).collect();
        let mut config = serde_json::json!({
            "config": { "Labels": labels },
            "rootfs": { "type": "layers", "diff_ids": [layer_digest] },
        });
        for (name, value) in members.iter().filter(|(_, value)| !value.is_empty()) {
            config[*name] = Value::from(*value);
        }
        let config = Bytes::from(config.to_string());
        let manifest = serde_json::json!({
            "schemaVersion": 2,
            "mediaType": PARTS,
            "config": {
                "mediaType": "application/vnd.oci.image.config.v1+json",
                "digest": digest_of(Algorithm::Sha256, &config),
                "size": config.len(),
            },
            "layers": [{
                "mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": layer_digest, "size": layer.len(),
            }],
        });
        Self { manifest: Bytes::from(manifest.to_string()), config, layer }
    }
}
