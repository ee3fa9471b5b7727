//! Images of an enterprise instance.

use super::Happening;
use crate::registry::distribution::{Place, set_tag};
use crate::registry::name::check_tag;
use crate::registry::{Registries, RegistryError};

/// One image: the path of its repository, and a tag or a digest.
#[derive(Debug, Clone, Copy)]
pub struct ImageAt<'a> {
    pub path: &'a str,
    pub reference: &'a str,
}

impl Registries {
    /// Deletes tags of a repository: all of them, or none if one does not exist or is immutable.
    pub fn delete_enterprise_tags(
        &mut self,
        account: &str,
        id: &str,
        path: &str,
        tags: &[String],
    ) -> Result<(), RegistryError> {
        self.running_instance(account, id)?;
        let content = &self.enterprise_repository(account, id, path)?.content;
        let mut gone = Vec::new();
        for tag in tags {
            let found =
                content.tags.get(tag).ok_or_else(|| RegistryError::NotFound("image", format!("{path}:{tag}")))?;
            if self.is_immutable(id, path, tag) {
                return Err(RegistryError::Precondition(format!("tag {tag} of {path} is immutable")));
            }
            gone.push((tag.clone(), found.digest.clone()));
        }
        let place = Place::Instance(id.to_owned());
        self.change_content(&place, path, |content| content.retain(|tag| !tags.contains(&tag.name)));
        self.collect();
        for (tag, digest) in gone {
            self.happened(id, Happening::Delete, path, &tag, &digest);
        }
        Ok(())
    }

    /// Copies an image to another tag or repository of the instance. The repository is created if it does not exist.
    pub fn duplicate_enterprise_image(
        &mut self,
        account: &str,
        id: &str,
        source: ImageAt<'_>,
        destination: ImageAt<'_>,
        replace: bool,
    ) -> Result<(), RegistryError> {
        self.running_instance(account, id)?;
        check_tag("DestinationTag", destination.reference)?;
        let missing = || RegistryError::NotFound("image", format!("{}:{}", source.path, source.reference));
        let content = &self.enterprise_repository(account, id, source.path)?.content;
        let digest = content.manifest(source.reference).ok_or_else(missing)?.digest.clone();
        let image = content.tags.values().find(|tag| tag.digest == digest).map(|tag| tag.image.clone());
        let image = image.ok_or_else(missing)?;
        let manifests = content.closure(&digest);
        let place = Place::Instance(id.to_owned());
        let there = self.content(&place, destination.path).and_then(|content| content.tags.get(destination.reference));
        if let Some(there) = there.filter(|there| there.digest != digest) {
            if !replace {
                return Err(RegistryError::Exists("image", format!("{}:{}", destination.path, there.name)));
            }
            if self.is_immutable(id, destination.path, destination.reference) {
                return Err(RegistryError::Precondition(format!("tag {} is immutable", destination.reference)));
            }
        }
        if self.content(&place, destination.path).is_none() {
            self.add_enterprise_repository(id, destination.path, "", "")?;
        }
        let (number, now) = (self.number(), self.now);
        self.change_content(&place, destination.path, |content| {
            content.manifests.extend(manifests);
            set_tag(content, destination.reference, image, number, now);
        });
        Ok(())
    }
}
