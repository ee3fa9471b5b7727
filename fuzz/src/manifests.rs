//! Manifests of images that clients push: `<media type>`, then the manifest, then the configuration.

use crate::parts::split;
use bytes::Bytes;
use wharf_world::registry::Manifest;
use wharf_world::registry::digest::{Algorithm, digest_of};
use wharf_world::registry::distribution::{check_name, check_reference};

/// Reads a manifest and the image that it describes.
pub fn run(data: &[u8]) {
    let (head, rest) = split(data);
    let (content, config) = split(rest);
    let Ok(media_type) = std::str::from_utf8(head) else { return };
    let _ = (check_name(media_type), check_reference(media_type));
    let content = Bytes::copy_from_slice(content);
    let digest = digest_of(Algorithm::Sha256, &content);
    match Manifest::read(media_type, &content, digest, 1_700_000_000_000) {
        Ok(manifest) => {
            let image = manifest.image(config);
            assert!(image.size() >= content.len() as u64, "{image:?}");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
