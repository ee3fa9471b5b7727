//! Images and the tags that name them. Tags appear by pushing and copying, and go by deletion and clean-up.

use super::digest::{Algorithm, digest_of};
use super::distribution::{Place, set_tag};
use super::manifest::Parts;
use super::name::{check_tag, split_image};
use super::{Quota, Registries, RegistryError, Repository};
use crate::kernel::Millis;
use serde::{Deserialize, Serialize};

/// An image as its builder made it. Images of equal content have equal digests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Image {
    origin: Origin,
    size: u64,
    /// The processor it is for: `amd64` unless set.
    pub architecture: String,
    /// The operating system it is for: `linux` unless set.
    pub os: String,
    /// Who built it; empty unless set.
    pub author: String,
    /// The Docker version that built it.
    pub docker_version: String,
    /// When it was built; the time of its first push unless set.
    pub built: Option<Millis>,
}

/// Where the content of an image comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
enum Origin {
    /// It is described by a text, from which a small image is generated.
    Described(String),
    /// A client pushed it: the digests of manifest and configuration.
    Pushed { digest: String, id: String },
}

impl Image {
    /// Returns an image of that content, which is shown with that many bytes. A pull of it returns a small generated
    /// image with the same digest.
    pub fn new(content: impl Into<String>, size: u64) -> Self {
        Self { docker_version: "20.10.7".to_owned(), ..Self::from(Origin::Described(content.into()), size) }
    }

    /// Returns an image that a client pushed, by the digests of its manifest and its configuration.
    pub(super) fn pushed(digest: String, id: String, size: u64) -> Self {
        Self::from(Origin::Pushed { digest, id }, size)
    }

    fn from(origin: Origin, size: u64) -> Self {
        Self {
            origin,
            size,
            architecture: "amd64".to_owned(),
            os: "linux".to_owned(),
            author: String::new(),
            docker_version: String::new(),
            built: None,
        }
    }

    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The digest of its manifest, by which a registry knows it.
    pub fn digest(&self) -> String {
        match &self.origin {
            Origin::Described(content) => digest_of(Algorithm::Sha256, &self.parts(content).manifest),
            Origin::Pushed { digest, .. } => digest.clone(),
        }
    }

    /// The digest of its configuration, which the docker command line shows as the image's id.
    pub fn id(&self) -> String {
        match &self.origin {
            Origin::Described(content) => digest_of(Algorithm::Sha256, &self.parts(content).config),
            Origin::Pushed { id, .. } => id.clone(),
        }
    }

    /// Returns manifest, configuration and layer of an image that was not pushed.
    pub(super) fn generated(&self) -> Option<Parts> {
        match &self.origin {
            Origin::Described(content) => Some(self.parts(content)),
            Origin::Pushed { .. } => None,
        }
    }

    fn parts(&self, content: &str) -> Parts {
        let labels = [("wharf.content", content.to_owned()), ("wharf.size", self.size.to_string())];
        let members = [
            ("architecture", self.architecture.as_str()),
            ("os", &self.os),
            ("author", &self.author),
            ("docker_version", &self.docker_version),
        ];
        Parts::of(&labels, &members)
    }
}

/// A tag of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    pub number: u64,
    pub name: String,
    pub image: Image,
    /// The digest of the image.
    pub digest: String,
    pub built: Millis,
    pub pushed: Millis,
    /// Orders tags of the same moment: the number of the last push.
    pub turn: u64,
}

impl Tag {
    /// The number of its record.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The image it names.
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// When the image was built.
    pub fn built(&self) -> Millis {
        self.built
    }

    /// When it was last pushed or copied here.
    pub fn pushed(&self) -> Millis {
        self.pushed
    }
}

impl Repository {
    /// Its tags, the last pushed first.
    pub fn tags(&self) -> Vec<&Tag> {
        let mut tags: Vec<_> = self.content.tags.values().collect();
        tags.sort_by_key(|tag| std::cmp::Reverse(tag.turn));
        tags
    }
}

impl Registries {
    /// Puts an image under a tag of an own repository; a tag that is there moves to the new image.
    pub fn store(
        &mut self,
        account: &str,
        full: &str,
        tag: &str,
        image: Image,
        built: Millis,
    ) -> Result<String, RegistryError> {
        if !self.own_repository(account, full)?.content.tags.contains_key(tag) {
            self.make_room(account, full)?;
            let present = self.own_repository(account, full)?.content.tags.len();
            self.check_quota(account, Quota::Tags, present)?;
        }
        let turn = self.number();
        let now = self.now;
        let digest = image.digest();
        let repository = self.own_repository_mut(account, full)?;
        let blobs = repository.content.add_generated(&image, now);
        set_tag(&mut repository.content, tag, Image { built: Some(built), ..image }, turn, now);
        repository.updated = now;
        self.blobs.extend(blobs);
        Ok(digest)
    }

    /// Counts a pull and gives the digest, as `docker pull` of an image the account may see.
    pub fn pull_image(&mut self, account: &str, full: &str, tag: &str) -> Result<String, RegistryError> {
        let digest = self.tag(account, full, tag)?.image.digest();
        let name = self.repository(account, full)?.name.clone();
        if let Some(repository) = self.repositories.get_mut(&name) {
            repository.pulls += 1;
        }
        Ok(digest)
    }

    /// Copies an image that the account may see to a tag of an own repository. A copy fires no trigger.
    pub fn duplicate_image(&mut self, account: &str, from: &str, to: &str) -> Result<String, RegistryError> {
        let (source, source_tag) = split_image("SrcImage", from)?;
        let (destination, tag) = split_image("DestImage", to)?;
        check_tag("DestImage", &tag)?;
        if self.owner(destination.namespace()) != Some(account) {
            return Err(RegistryError::ForeignDestination(to.to_owned()));
        }
        let source = source.to_string();
        // Whatever hides the source, to the caller it is an image that is not there.
        let found = self.tag(account, &source, &source_tag).cloned();
        let missing = || RegistryError::NoTag(source.clone(), format!("`{source_tag}`"));
        let found = found.map_err(|_| missing())?;
        let place = Place::Personal;
        let manifests = self.content(&place, &source).ok_or_else(missing)?.closure(&found.digest);
        let destination = destination.to_string();
        let digest = self.store(account, &destination, &tag, found.image, found.built)?;
        self.change_content(&place, &destination, |content| content.manifests.extend(manifests));
        Ok(digest)
    }

    /// One tag of a repository that the account may see.
    pub fn tag(&self, account: &str, full: &str, tag: &str) -> Result<&Tag, RegistryError> {
        let repository = self.repository(account, full)?;
        repository.content.tags.get(tag).ok_or_else(|| RegistryError::NoTag(full.to_owned(), format!("`{tag}`")))
    }

    /// The other tags of the repository that name the same image, in the order of their names.
    pub fn same_images(&self, account: &str, full: &str, tag: &str) -> Result<Vec<&str>, RegistryError> {
        let asked = self.tag(account, full, tag)?;
        let digest = asked.digest.clone();
        let tags = self.repository(account, full)?.content.tags.values();
        Ok(tags.filter(|other| other.name != asked.name && other.digest == digest).map(Tag::name).collect())
    }

    /// Deletes tags of an own repository: all of them, or none when one is not there.
    pub fn delete_tags(&mut self, account: &str, full: &str, tags: &[String]) -> Result<(), RegistryError> {
        let now = self.now;
        let repository = self.own_repository_mut(account, full)?;
        let missing: Vec<_> = tags
            .iter()
            .filter(|tag| !repository.content.tags.contains_key(*tag))
            .map(|tag| format!("`{tag}`"))
            .collect();
        if !missing.is_empty() {
            return Err(RegistryError::NoTag(full.to_owned(), missing.join(", ")));
        }
        repository.content.retain(|tag| !tags.contains(&tag.name));
        repository.updated = now;
        self.collect();
        Ok(())
    }
}
