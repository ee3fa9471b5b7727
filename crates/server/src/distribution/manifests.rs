//! Manifests, and the lists of tags, repositories and referrers.

use super::answer::{Answer, document, empty, with, with_own};
use super::{Admitted, Body, Call, read};
use bytes::Bytes;
use http::{Method, header};
use serde_json::{Value, json};
use wharf_world::registry::digest::Algorithm;
use wharf_world::registry::distribution::{DistributionError, ManifestPush, Place};
use wharf_world::registry::{LARGEST_MANIFEST, Manifest, Registries};

const DIGEST: &str = "docker-content-digest";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// How many entries a page has that does not say so, and at most.
const PAGE: usize = 1_000;

/// Sends the manifest of a tag or a digest in a media type that the caller accepts.
pub(super) fn get(admitted: &Admitted<'_>, reference: &str) -> Result<Answer, DistributionError> {
    let (place, repository) = (admitted.place(), admitted.repository());
    let by_get = admitted.call.parts.method == Method::GET;
    let accepted = Accepted::of(admitted.call);
    let manifest = admitted.in_world(|world| {
        let registry = &mut world.registry;
        let found = registry.manifest(place, repository, reference)?;
        let found = accepted.choose(registry, admitted, found, reference)?.clone();
        let named = registry.content(place, repository).is_some_and(|all| !all.tags_of(&found.digest).is_empty());
        if by_get && (named || found.digest != reference) {
            registry.note_pull(place, repository, reference);
        }
        Ok(found)
    })?;
    let failed = |error| DistributionError::Internal(format!("the manifest cannot be read: {error}"));
    let content = manifest.content.read(LARGEST_MANIFEST as u64).map_err(failed)?;
    let mut out = with(empty(200), header::CONTENT_TYPE, &manifest.media_type);
    out = with(out, header::CONTENT_LENGTH, &content.len().to_string());
    out = with(out, header::ETAG, &format!("\"{}\"", manifest.digest));
    if by_get {
        *out.body_mut() = Body::of(content);
    }
    Ok(with_own(out, DIGEST, &manifest.digest))
}

/// The media types that a caller accepts.
struct Accepted(Vec<String>);

impl Accepted {
    fn of(call: &Call<'_>) -> Self {
        let values = call.parts.headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let types = values.flat_map(|value| value.split(','));
        let plain = |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        Self(types.map(plain).filter(|text| !text.is_empty()).collect())
    }

    fn has(&self, media_type: &str) -> bool {
        let known = ["*/*", "application/*", media_type];
        self.0.is_empty() || self.0.iter().any(|accepted| known.contains(&accepted.as_str()))
    }

    /// Returns the manifest itself; or, for a caller that accepts no lists, the image for Linux on `amd64` in it.
    fn choose<'a>(
        &self,
        registry: &'a Registries,
        admitted: &Admitted<'_>,
        found: &'a Manifest,
        reference: &str,
    ) -> Result<&'a Manifest, DistributionError> {
        if self.has(&found.media_type) {
            return Ok(found);
        }
        let chosen = (found.is_list() && Algorithm::of(reference).is_none()).then(|| amd64(found)).flatten();
        let chosen = chosen.and_then(|digest| registry.manifest(admitted.place(), admitted.repository(), &digest).ok());
        chosen.filter(|chosen| self.has(&chosen.media_type)).ok_or_else(|| {
            let message = format!("the manifest is of the type {}, which Accept does not name", found.media_type);
            DistributionError::ManifestUnknown(message)
        })
    }
}

/// The digest of the image for Linux on `amd64` in a list.
fn amd64(list: &Manifest) -> Option<String> {
    let content: Value = serde_json::from_slice(&list.content.read(LARGEST_MANIFEST as u64).ok()?).ok()?;
    let is = |entry: &&Value| {
        entry.pointer("/platform/architecture") == Some(&json!("amd64"))
            && entry.pointer("/platform/os") == Some(&json!("linux"))
    };
    Some(content.get("manifests")?.as_array()?.iter().find(is)?.get("digest")?.as_str()?.to_owned())
}

/// Stores a manifest, and lets the triggers run that watch for its tag.
pub(super) async fn put<B>(admitted: &Admitted<'_>, reference: &str, body: B) -> Result<Answer, DistributionError>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
{
    let too_large = || {
        let message = format!("a manifest has at most {} MiB", LARGEST_MANIFEST >> 20);
        DistributionError::ManifestTooLarge(message)
    };
    let (content, _share) = read(admitted.call, body, LARGEST_MANIFEST).await?.ok_or_else(too_large)?;
    let missing = || DistributionError::ManifestInvalid("the header Content-Type is missing".to_owned());
    let media_type = admitted.call.header(header::CONTENT_TYPE).ok_or_else(missing)?;
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    let service = admitted.service();
    let uploaded = service.uploads.blobs(&admitted.key);
    let (place, repository) = (admitted.place(), admitted.repository());
    let pushed = admitted.in_world(|world| {
        let push = ManifestPush { place, repository, reference, media_type, content: &content };
        let pushed = world.registry.push_manifest(push, &uploaded)?;
        if let Some((account, name, tag)) = &pushed.triggers {
            world.run_triggers(account, name, tag);
        }
        let used = world.registry.manifest(place, repository, &pushed.digest);
        let used: Vec<String> = used.map(|used| used.blobs().map(|blob| blob.digest.clone()).collect())?;
        Ok::<_, DistributionError>((pushed, used))
    })?;
    let (pushed, used) = pushed;
    // The world has them now.
    service.uploads.forget(&admitted.key, used.iter().map(String::as_str));
    let mut out = with(empty(201), header::LOCATION, &format!("/v2/{}/manifests/{}", admitted.name, pushed.digest));
    if let Some(subject) = &pushed.subject {
        out = with_own(out, "oci-subject", subject);
    }
    Ok(with_own(out, DIGEST, &pushed.digest))
}

/// Deletes a tag, or a manifest with all its tags.
pub(super) fn delete(admitted: &Admitted<'_>, reference: &str) -> Result<Answer, DistributionError> {
    admitted.in_world(|world| world.registry.delete_reference(admitted.place(), admitted.repository(), reference))?;
    Ok(empty(202))
}

/// Lists the tags of a repository.
pub(super) fn tags(admitted: &Admitted<'_>) -> Result<Answer, DistributionError> {
    let names: Vec<String> = admitted.in_world(|world| {
        let content = world.registry.existing_content(admitted.place(), admitted.repository())?;
        Ok(content.tags.keys().cloned().collect())
    })?;
    let (names, next) = page(admitted.call, names)?;
    let body = json!({ "name": admitted.name, "tags": names });
    Ok(linked(document(200, "application/json", &body), &format!("/v2/{}/tags/list", admitted.name), next))
}

/// Lists the repositories of the caller: of the registry that the host names, or of all of them.
pub(super) fn catalog(call: &Call<'_>, account: &str) -> Result<Answer, DistributionError> {
    let host = call.host();
    let mut names: Vec<String> = call.gateway.in_world(|world| {
        let registry = &world.registry;
        if let Some(place) = registry.place_of_host(host) {
            return registry.repository_names(&place, account);
        }
        let mut names = registry.repository_names(&Place::Personal, account);
        for instance in registry.instances(account) {
            let place = Place::Instance(instance.id().to_owned());
            let prefix = instance.name().to_ascii_lowercase();
            let own = registry.repository_names(&place, account).into_iter();
            names.extend(own.map(|name| format!("{prefix}/{name}")));
        }
        names
    });
    names.sort_unstable();
    let (names, next) = page(call, names)?;
    Ok(linked(document(200, "application/json", &json!({ "repositories": names })), "/v2/_catalog", next))
}

/// The next page: its size and the entry after which it begins.
type Next = Option<(usize, String)>;

/// The page of a sorted list that the query asks for by `n` and `last`.
fn page(call: &Call<'_>, names: Vec<String>) -> Result<(Vec<String>, Next), DistributionError> {
    let size = match call.parameter("n") {
        None => PAGE,
        Some(text) => {
            let wrong = |_| DistributionError::PageInvalid(format!("n is a number of entries, not {text}"));
            text.parse::<usize>().map_err(wrong)?.min(PAGE)
        }
    };
    let last = call.parameter("last").unwrap_or_default();
    let mut rest: Vec<String> = names.into_iter().filter(|name| last.is_empty() || *name > last).collect();
    let more = rest.len() > size;
    rest.truncate(size);
    let next = rest.last().filter(|_| more).map(|last| (size, last.clone()));
    Ok((rest, next))
}

/// Adds the address of the next page.
fn linked(out: Answer, path: &str, next: Next) -> Answer {
    match next {
        Some((size, last)) => with(out, header::LINK, &format!("<{path}?n={size}&last={last}>; rel=\"next\"")),
        None => out,
    }
}

/// Lists the manifests that are about another one. The list is empty if there are none, or if nothing has the digest.
pub(super) fn referrers(admitted: &Admitted<'_>, digest: &str) -> Result<Answer, DistributionError> {
    if Algorithm::of(digest).is_none() {
        return Err(DistributionError::DigestInvalid(format!("{digest} is not a digest of sha256 or sha512")));
    }
    let wanted = admitted.call.parameter("artifactType");
    let found: Vec<Value> = admitted.in_world(|world| {
        let content = world.registry.content(admitted.place(), admitted.repository());
        let all = content.map(|content| content.referrers(digest)).unwrap_or_default().into_iter();
        let meant = all.filter(|one| wanted.is_none() || one.artifact_type == wanted);
        meant.map(shown).collect()
    });
    let body = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": found });
    let out = document(200, INDEX, &body);
    Ok(if wanted.is_some() { with_own(out, "oci-filters-applied", "artifactType") } else { out })
}

fn shown(manifest: &Manifest) -> Value {
    let mut entry = json!({
        "mediaType": manifest.media_type, "digest": manifest.digest, "size": manifest.content.size(),
    });
    if let Some(kind) = &manifest.artifact_type {
        entry["artifactType"] = json!(kind);
    }
    if !manifest.annotations.is_empty() {
        entry["annotations"] = json!(manifest.annotations);
    }
    entry
}
