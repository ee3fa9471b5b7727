//! What a client changes: manifests are pushed and deleted.

use super::{DistributionError, Place, check_name, check_reference};
use crate::registry::digest::{Algorithm, digest_of};
use crate::registry::enterprise::Happening;
use crate::registry::manifest::{LARGEST_MANIFEST, Manifest};
use crate::registry::{Blob, Content, Image, Quota, Registries, RegistryError, RepositoryName, Tag};
use bytes::Bytes;
use std::collections::BTreeMap;

/// A manifest that was pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    pub digest: String,
    /// The digest of the manifest that it is about.
    pub subject: Option<String>,
    /// The personal repository and the tag, whose triggers are to be run, with the account.
    pub triggers: Option<(String, RepositoryName, String)>,
}

/// A push of a manifest.
#[derive(Debug, Clone, Copy)]
pub struct ManifestPush<'a> {
    pub place: &'a Place,
    pub repository: &'a str,
    /// A tag or a digest.
    pub reference: &'a str,
    pub media_type: &'a str,
    pub content: &'a Bytes,
}

impl Registries {
    /// Checks that a client can begin a push to a repository: the namespace exists.
    ///
    /// # Errors
    /// It does not.
    pub fn check_push(&self, place: &Place, repository: &str) -> Result<(), DistributionError> {
        check_name(repository)?;
        if *place == Place::Personal && RepositoryName::parse(repository).is_none() {
            let message = format!("{repository} is not NAMESPACE/NAME, as repositories of the personal edition are");
            return Err(DistributionError::NameInvalid(message));
        }
        if self.has_namespace_of(place, repository) {
            return Ok(());
        }
        let namespace = repository.split('/').next().unwrap_or_default();
        Err(DistributionError::NameUnknown(format!("namespace {namespace} does not exist; create it before the push")))
    }

    /// Stores a manifest that a client pushed, under a tag or a digest. The repository is created if it does not exist.
    /// `uploaded` are the blobs that the client has uploaded to the repository.
    ///
    /// # Errors
    /// The manifest is malformed or refers to what is not there, a quota is used up, or the tag is immutable. Nothing
    /// is changed then.
    pub fn push_manifest(
        &mut self,
        push: ManifestPush<'_>,
        uploaded: &BTreeMap<String, Blob>,
    ) -> Result<Pushed, DistributionError> {
        let ManifestPush { place, repository, reference, media_type, content } = push;
        self.check_push(place, repository)?;
        check_reference(reference)?;
        if content.len() > LARGEST_MANIFEST {
            let message = format!("a manifest has at most {} MiB", LARGEST_MANIFEST >> 20);
            return Err(DistributionError::ManifestTooLarge(message));
        }
        let digest = digest_of(Algorithm::of(reference).unwrap_or(Algorithm::Sha256), content);
        if Algorithm::of(reference).is_some() && reference != digest {
            return Err(DistributionError::DigestInvalid(format!("the content has the digest {digest}")));
        }
        let manifest = Manifest::read(media_type, content, digest.clone(), self.now)?;
        let found = self.find_parts(place, repository, &manifest, uploaded)?;
        let config = manifest.config.as_ref().and_then(|config| found.get(&config.digest));
        let config = match config.filter(|config| config.size() <= LARGEST_MANIFEST as u64) {
            Some(config) => config
                .read(LARGEST_MANIFEST as u64)
                .map_err(|error| DistributionError::Internal(format!("the configuration cannot be read: {error}")))?,
            None => Vec::new(),
        };
        let image = manifest.image(&config);
        let tag = Algorithm::of(reference).is_none().then_some(reference);
        self.admit(place, repository, tag, &digest)?;
        let subject = manifest.subject.clone();
        let number = self.number();
        let now = self.now;
        self.change_content(place, repository, |content| {
            content.manifests.insert(digest.clone(), manifest);
            if let Some(tag) = tag {
                set_tag(content, tag, image, number, now);
            }
        });
        self.blobs.extend(found);
        let mut pushed = Pushed { digest: digest.clone(), subject, triggers: None };
        match (place, tag) {
            (Place::Personal, Some(tag)) => {
                let name = RepositoryName::parse(repository);
                let owner = self.owner_in(place, repository).map(str::to_owned);
                pushed.triggers = owner.zip(name).map(|(owner, name)| (owner, name, tag.to_owned()));
            }
            (Place::Instance(id), Some(tag)) => self.happened(id, Happening::Push, repository, tag, &digest),
            (_, None) => {}
        }
        Ok(pushed)
    }

    /// Finds what a manifest refers to: blobs that were uploaded, blobs and manifests of the repository.
    fn find_parts(
        &self,
        place: &Place,
        repository: &str,
        manifest: &Manifest,
        uploaded: &BTreeMap<String, Blob>,
    ) -> Result<BTreeMap<String, Blob>, DistributionError> {
        let here = self.content(place, repository);
        let mut found = BTreeMap::new();
        for part in manifest.blobs() {
            let known = || self.blob(place, repository, &part.digest).ok();
            let Some(blob) = uploaded.get(&part.digest).cloned().or_else(known) else {
                let message = format!("blob {} was not pushed to {repository}", part.digest);
                return Err(DistributionError::ManifestBlobUnknown(message));
            };
            if blob.size() != part.size {
                let message = format!("blob {} has {} bytes, not {}", part.digest, blob.size(), part.size);
                return Err(DistributionError::ManifestInvalid(message));
            }
            // Content that is there already stays: equal digests are equal bytes.
            let kept = self.blobs.get(&part.digest).cloned().unwrap_or(blob);
            found.insert(part.digest.clone(), kept);
        }
        for part in &manifest.manifests {
            if !here.is_some_and(|content| content.manifests.contains_key(&part.digest)) {
                let message = format!("manifest {} was not pushed to {repository}", part.digest);
                return Err(DistributionError::ManifestBlobUnknown(message));
            }
        }
        Ok(found)
    }

    /// Checks rules and quotas for a push, and creates the repository.
    fn admit(
        &mut self,
        place: &Place,
        repository: &str,
        tag: Option<&str>,
        digest: &str,
    ) -> Result<(), DistributionError> {
        let denied = |error: RegistryError| DistributionError::Denied(error.to_string());
        let present = self.content(place, repository);
        let named = tag.and_then(|tag| present.and_then(|content| content.tags.get(tag)));
        let moves = named.is_some_and(|tag| tag.digest != digest);
        let (exists, known) = (present.is_some(), named.is_some());
        match place {
            Place::Personal => {
                let owner = self.owner_in(place, repository).unwrap_or_default().to_owned();
                if !exists {
                    self.create_repository(&owner, repository, false, "").map_err(denied)?;
                }
                if tag.is_some() && !known {
                    self.make_room(&owner, repository).map_err(denied)?;
                    let tags = self.content(place, repository).map_or(0, |content| content.tags.len());
                    self.check_quota(&owner, Quota::Tags, tags).map_err(denied)?;
                }
            }
            Place::Instance(id) => {
                if let Some(tag) = tag.filter(|_| moves) {
                    self.check_mutable(id, repository, tag)?;
                }
                if !exists {
                    self.add_enterprise_repository(id, repository, "", "").map_err(denied)?;
                }
            }
        }
        Ok(())
    }

    /// Deletes a tag, or a manifest with all its tags, as a client orders it.
    ///
    /// # Errors
    /// It does not exist, or is immutable.
    pub fn delete_reference(
        &mut self,
        place: &Place,
        repository: &str,
        reference: &str,
    ) -> Result<(), DistributionError> {
        check_reference(reference)?;
        let digest = self.manifest(place, repository, reference)?.digest.clone();
        let content = self.existing_content(place, repository)?;
        let by_tag = content.tags.contains_key(reference);
        let tags = if by_tag { vec![reference.to_owned()] } else { content.tags_of(&digest) };
        if let Place::Instance(id) = place {
            for tag in &tags {
                self.check_mutable(id, repository, tag)?;
            }
        }
        self.change_content(place, repository, |content| {
            if by_tag {
                content.retain(|tag| tag.name != reference);
            } else {
                content.remove(&digest);
            }
        });
        self.collect();
        if let Place::Instance(id) = place {
            for tag in &tags {
                self.happened(id, Happening::Delete, repository, tag, &digest);
            }
        }
        Ok(())
    }
}

/// Lets a tag name an image.
pub(crate) fn set_tag(content: &mut Content, name: &str, image: Image, number: u64, now: crate::kernel::Millis) {
    let known = content.tags.get(name).map(|tag| tag.number);
    let built = image.built.unwrap_or(now);
    let (digest, number_of_tag) = (image.digest(), known.unwrap_or(number));
    let tag = Tag { number: number_of_tag, name: name.to_owned(), image, digest, built, pushed: now, turn: number };
    content.tags.insert(name.to_owned(), tag);
}
