//! The content of a repository: manifests, and the tags that name them.

use super::manifest::{Manifest, PARTS};
use super::{Blob, Image, Tag};
use crate::kernel::Millis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Tags and manifests of one repository. Every tag names a manifest that is there.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    pub tags: BTreeMap<String, Tag>,
    /// By digest.
    pub manifests: BTreeMap<String, Manifest>,
}

impl Content {
    /// Returns the manifest that a tag or a digest names.
    pub fn manifest(&self, reference: &str) -> Option<&Manifest> {
        match self.tags.get(reference) {
            Some(tag) => self.manifests.get(&tag.digest),
            None => self.manifests.get(reference),
        }
    }

    /// Returns whether a manifest refers to the blob.
    pub fn refers_to(&self, digest: &str) -> bool {
        self.manifests.values().any(|manifest| manifest.blobs().any(|blob| blob.digest == digest))
    }

    /// Returns the manifests that are about another one, in the order of their digests.
    pub fn referrers(&self, digest: &str) -> Vec<&Manifest> {
        self.manifests.values().filter(|manifest| manifest.subject.as_deref() == Some(digest)).collect()
    }

    /// Returns a manifest with all that it contains.
    pub fn closure(&self, digest: &str) -> BTreeMap<String, Manifest> {
        let (mut found, mut open) = (BTreeMap::new(), vec![digest.to_owned()]);
        while let Some(digest) = open.pop() {
            if let Some(manifest) = self.manifests.get(&digest).filter(|_| !found.contains_key(&digest)) {
                open.extend(manifest.manifests.iter().map(|child| child.digest.clone()));
                found.insert(digest, manifest.clone());
            }
        }
        found
    }

    /// Returns the names of all tags of a manifest.
    pub fn tags_of(&self, digest: &str) -> Vec<String> {
        self.tags.values().filter(|tag| tag.digest == digest).map(|tag| tag.name.clone()).collect()
    }

    /// Removes the tags for which the function returns `false`, and the manifests that have lost their last name.
    /// Returns how many tags were removed.
    pub fn retain(&mut self, keep: impl Fn(&Tag) -> bool) -> usize {
        let gone: Vec<Tag> = self.tags.values().filter(|tag| !keep(tag)).cloned().collect();
        for tag in &gone {
            self.tags.remove(&tag.name);
        }
        for tag in &gone {
            self.drop_unnamed(&tag.digest);
        }
        gone.len()
    }

    /// Removes a manifest with all its tags.
    pub fn remove(&mut self, digest: &str) {
        self.tags.retain(|_, tag| tag.digest != digest);
        self.drop_unnamed(digest);
        // A list may still contain it: the caller asked for its removal.
        self.manifests.remove(digest);
    }

    /// Removes every manifest without a tag, but for those that a list contains and those that are about another one
    /// that stays.
    pub fn remove_untagged(&mut self) {
        let digests: Vec<String> = self.manifests.keys().cloned().collect();
        for digest in digests {
            let subject = self.manifests.get(&digest).and_then(|manifest| manifest.subject.as_ref());
            if subject.is_none_or(|subject| !self.manifests.contains_key(subject)) {
                self.drop_unnamed(&digest);
            }
        }
    }

    /// Removes a manifest that neither a tag nor a list names, with what only it names.
    fn drop_unnamed(&mut self, digest: &str) {
        let mut open = vec![digest.to_owned()];
        while let Some(digest) = open.pop() {
            let tagged = self.tags.values().any(|tag| tag.digest == digest);
            let listed = |manifest: &Manifest| manifest.manifests.iter().any(|child| child.digest == digest);
            if tagged || self.manifests.values().any(listed) {
                continue;
            }
            if let Some(gone) = self.manifests.remove(&digest) {
                open.extend(gone.manifests.into_iter().map(|child| child.digest));
                open.extend(self.referrers(&digest).into_iter().map(|about| about.digest.clone()));
            }
        }
    }

    /// Adds the manifest of an image that was not pushed, and returns its blobs.
    pub(super) fn add_generated(&mut self, image: &Image, now: Millis) -> Vec<(String, Blob)> {
        let Some(parts) = image.generated() else { return Vec::new() };
        let Ok(manifest) = Manifest::read(PARTS, &parts.manifest, image.digest(), now) else { return Vec::new() };
        let contents = [parts.config, parts.layer];
        let digests: Vec<String> = manifest.blobs().map(|blob| blob.digest.clone()).collect();
        self.manifests.entry(manifest.digest.clone()).or_insert(manifest);
        digests.into_iter().zip(contents.map(Blob::small)).collect()
    }

    /// Returns the digests of all blobs that its manifests refer to.
    pub fn blobs(&self) -> BTreeSet<&str> {
        self.manifests.values().flat_map(Manifest::blobs).map(|blob| blob.digest.as_str()).collect()
    }
}
