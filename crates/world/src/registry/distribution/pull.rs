//! What a client reads: manifests, blobs, tags, referrers.

use super::{DistributionError, Place};
use crate::registry::enterprise::Happening;
use crate::registry::manifest::Manifest;
use crate::registry::{Blob, Content, Registries, RepositoryName};

impl Registries {
    /// Returns the content of a repository.
    ///
    /// # Errors
    /// The repository does not exist.
    pub fn existing_content(&self, place: &Place, repository: &str) -> Result<&Content, DistributionError> {
        let missing = || DistributionError::NameUnknown(format!("repository {repository} does not exist"));
        self.content(place, repository).ok_or_else(missing)
    }

    /// Returns the manifest of a tag or a digest.
    ///
    /// # Errors
    /// The repository or the manifest does not exist.
    pub fn manifest(&self, place: &Place, repository: &str, reference: &str) -> Result<&Manifest, DistributionError> {
        let content = self.existing_content(place, repository)?;
        content.manifest(reference).ok_or_else(|| {
            DistributionError::ManifestUnknown(format!("repository {repository} has no manifest {reference}"))
        })
    }

    /// Notes that a client has read a manifest: pulls are counted, and webhooks are notified.
    pub fn note_pull(&mut self, place: &Place, repository: &str, reference: &str) {
        match place {
            Place::Personal => {
                let name = RepositoryName::parse(repository);
                if let Some(found) = name.and_then(|name| self.repositories.get_mut(&name)) {
                    found.pulls += 1;
                }
            }
            Place::Instance(id) => {
                let digest = self.manifest(place, repository, reference).map(|found| found.digest.clone());
                if let Ok(digest) = digest {
                    self.happened(id, Happening::Pull, repository, reference, &digest);
                }
            }
        }
    }

    /// Returns a blob that a manifest of the repository refers to.
    ///
    /// # Errors
    /// No manifest of the repository does.
    pub fn blob(&self, place: &Place, repository: &str, digest: &str) -> Result<Blob, DistributionError> {
        let missing = || DistributionError::BlobUnknown(format!("repository {repository} has no blob {digest}"));
        let content = self.content(place, repository).filter(|content| content.refers_to(digest));
        content.and_then(|_| self.blobs.get(digest)).cloned().ok_or_else(missing)
    }
}
