//! Image caches: snapshots of disks with the images that serverless pods start from.

use crate::kernel::failures::{FAILURE, FailurePoint};
use crate::kernel::violation::{Outcome, Reason, Violation};
use crate::kernel::{MINUTE, Millis};
use crate::tke::{Event, Tke};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How long it takes to pull the images and to make the snapshot.
const CREATION: Millis = MINUTE;
const DAY: Millis = 24 * 60 * MINUTE;
/// The sizes of disks, and their step (002:35425).
const SMALLEST: u64 = 10;
const LARGEST: u64 = 32_000;

/// An image cache.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageCache {
    pub id: String,
    pub snapshot: String,
    pub spec: Spec,
    pub created: Millis,
    pub status: Status,
    /// When it was last found for a list of images.
    pub matched: Option<Millis>,
    /// Oldest first.
    pub events: Vec<CacheEvent>,
    /// The address of the instance that pulls the images.
    address: Option<String>,
    /// What it becomes.
    next: Option<Spec>,
}

/// What an image cache is made of.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    pub name: String,
    pub images: Vec<String>,
    pub network: String,
    pub subnet: String,
    pub security_groups: Vec<String>,
    pub credentials: Vec<Registry>,
    /// GiB.
    pub size: u64,
    /// Days; 0 for ever.
    pub retention: u64,
    pub tags: Vec<(String, String)>,
}

/// How images of a private registry are pulled.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registry {
    pub name: String,
    pub server: String,
    pub user: String,
    pub password: String,
}

/// Something that happened to an image cache.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CacheEvent {
    pub warning: bool,
    pub reason: Cow<'static, str>,
    pub message: String,
    pub at: Millis,
}

/// The state of an image cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    Pending,
    Ready,
    Failed,
    Updating,
    UpdateFailed,
}

/// What is changed of an image cache.
#[derive(Debug, Clone, Default)]
pub struct CacheChange {
    pub name: Option<String>,
    pub images: Option<Vec<String>>,
    pub credentials: Option<Vec<Registry>>,
    pub size: Option<u64>,
    pub retention: Option<u64>,
    pub security_groups: Option<Vec<String>>,
    pub tags: Option<Vec<(String, String)>>,
}

impl Spec {
    fn check(&self) -> Outcome<()> {
        if self.images.is_empty() || self.images.iter().any(String::is_empty) {
            return Err(Reason::Invalid.because("Images must name at least one image"));
        }
        if !(SMALLEST..=LARGEST).contains(&self.size) || !self.size.is_multiple_of(10) {
            let message = format!("ImageCacheSize is {SMALLEST} to {LARGEST} in steps of 10, not {}", self.size);
            return Err(Reason::Invalid.because(message));
        }
        Ok(())
    }
}

impl ImageCache {
    /// When it is deleted, unless it stays for ever.
    pub fn expires(&self) -> Option<Millis> {
        (self.spec.retention > 0).then(|| self.created.saturating_add(self.spec.retention.saturating_mul(DAY)))
    }

    /// The address of the instance that pulls its images, while it does.
    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    fn note(&mut self, warning: bool, reason: &'static str, message: impl Into<String>, at: Millis) {
        self.events.push(CacheEvent { warning, reason: reason.into(), message: message.into(), at });
    }

    /// Whether it has all these images: names and versions are the same (002:15719).
    fn has(&self, images: &[String]) -> bool {
        images.iter().all(|wanted| self.spec.images.iter().any(|there| versioned(there) == versioned(wanted)))
    }
}

/// An image with its version, which is the latest one if none is named.
fn versioned(image: &str) -> String {
    let last = image.rsplit('/').next().unwrap_or_default();
    if last.contains([':', '@']) { image.to_owned() } else { format!("{image}:latest") }
}

fn no_cache(id: &str) -> Violation {
    Reason::NoPart.because(format!("the image cache {id} does not exist"))
}

impl Tke<'_> {
    /// Starts to make an image cache. An instance in its subnet pulls the images.
    pub fn create_image_cache(&mut self, spec: Spec) -> Outcome<String> {
        spec.check()?;
        self.0.realm.subnet(&spec.network, &spec.subnet)?;
        let address = self.pulling_address(&spec)?;
        let id = self.0.ids.next("imc");
        let mut spec = spec;
        if spec.name.is_empty() {
            spec.name.clone_from(&id);
        }
        let mut cache = ImageCache {
            id: id.clone(),
            snapshot: self.0.ids.next("snap"),
            spec,
            created: self.0.now,
            status: Status::Pending,
            matched: None,
            events: Vec::new(),
            address: Some(address),
            next: None,
        };
        cache.note(false, "Creating", "the images are being pulled", self.0.now);
        self.0.realm.tke.image_caches.insert(id.clone(), cache);
        self.work_on_cache(&id);
        Ok(id)
    }

    fn pulling_address(&mut self, spec: &Spec) -> Outcome<String> {
        let none = || Reason::Invalid.because(format!("the subnet {} (SubnetId) has no free address", spec.subnet));
        self.0.take_address(&spec.network, &spec.subnet).ok_or_else(none)
    }

    fn work_on_cache(&mut self, id: &str) {
        let failure = self.0.planned_failure(FailurePoint::ImageCache);
        let delay = if failure.is_some() { FAILURE } else { CREATION };
        self.0.after(delay, Event::ImageCacheSettled { cache: id.to_owned(), failure });
    }

    /// Starts to change an image cache.
    pub fn update_image_cache(&mut self, id: &str, change: CacheChange) -> Outcome<()> {
        let cache = self.0.realm.tke.image_caches.get(id).ok_or_else(|| no_cache(id))?;
        if matches!(cache.status, Status::Pending | Status::Updating) {
            return Err(Reason::Unsupported.because(format!("the image cache {id} is being worked on")));
        }
        let mut next = cache.spec.clone();
        let CacheChange { name, images, credentials, size, retention, security_groups, tags } = change;
        next.name = name.unwrap_or(next.name);
        next.images = images.unwrap_or(next.images);
        next.credentials = credentials.unwrap_or(next.credentials);
        next.size = size.unwrap_or(next.size);
        next.retention = retention.unwrap_or(next.retention);
        next.security_groups = security_groups.unwrap_or(next.security_groups);
        next.tags = tags.unwrap_or(next.tags);
        next.check()?;
        let address = self.pulling_address(&next)?;
        let now = self.0.now;
        if let Some(cache) = self.0.realm.tke.image_caches.get_mut(id) {
            (cache.status, cache.next, cache.address) = (Status::Updating, Some(next), Some(address));
            cache.note(false, "Updating", "the images are being pulled", now);
        }
        self.work_on_cache(id);
        Ok(())
    }

    /// Deletes image caches with their snapshots: all or none of them.
    pub fn delete_image_caches(&mut self, ids: &[String]) -> Outcome<()> {
        if let Some(missing) = ids.iter().find(|id| !self.0.realm.tke.image_caches.contains(id)) {
            return Err(no_cache(missing));
        }
        for id in ids {
            self.drop_image_cache(id);
        }
        Ok(())
    }

    fn drop_image_cache(&mut self, id: &str) {
        let Some(cache) = self.0.realm.tke.image_caches.remove(id) else { return };
        if let Some(address) = &cache.address {
            self.0.release_address(&cache.spec.network, &cache.spec.subnet, address);
        }
    }

    pub(super) fn image_cache_settled(&mut self, id: &str, failure: Option<String>) {
        let now = self.0.now;
        let Some(cache) = self.0.realm.tke.image_caches.get_mut(id) else { return };
        let updates = cache.next.is_some();
        match failure {
            Some(why) => {
                cache.status = if updates { Status::UpdateFailed } else { Status::Failed };
                cache.next = None;
                cache.note(true, "Failed", why, now);
            }
            None => {
                cache.status = Status::Ready;
                cache.spec = cache.next.take().unwrap_or_else(|| cache.spec.clone());
                cache.note(false, "Ready", "the snapshot is made", now);
            }
        }
        let address = cache.address.take();
        let (network, subnet) = (cache.spec.network.clone(), cache.spec.subnet.clone());
        if let Some(due) = cache.expires() {
            let delay = due.saturating_sub(now);
            self.0.after(delay, Event::ImageCacheExpired { cache: id.to_owned() });
        }
        if let Some(address) = address {
            self.0.release_address(&network, &subnet, &address);
        }
    }

    pub(super) fn image_cache_expired(&mut self, id: &str) {
        let now = self.0.now;
        let cache = self.0.realm.tke.image_caches.get(id);
        // Its time may have been changed since.
        if cache.and_then(ImageCache::expires).is_some_and(|due| due <= now) {
            self.drop_image_cache(id);
        }
    }

    /// The image cache with all these images: the smallest, and of those the newest (002:15719-15723).
    pub fn suitable_image_cache(&mut self, images: &[String]) -> Option<&ImageCache> {
        let now = self.0.now;
        let caches = self.0.realm.tke.image_caches.iter_mut().rev();
        let ready = caches.filter(|cache| cache.status == Status::Ready && cache.has(images));
        let found = ready.min_by_key(|cache| (cache.spec.size, std::cmp::Reverse(cache.created)))?;
        found.matched = Some(now);
        Some(found)
    }
}
