//! Blobs: uploads at once, in chunks, resumed and cancelled; downloads, whole or in part.

use super::answer::{self, Answer, empty, with, with_own};
use super::layers::WriteFailure;
use super::uploads::{Upload, Writing};
use super::{Admitted, Body, route};
use bytes::Bytes;
use http::{Method, header};
use http_body_util::BodyExt;
use wharf_core::clock::{Clock, SystemClock};
use wharf_world::registry::Blob;
use wharf_world::registry::digest::{Algorithm, Hashing};
use wharf_world::registry::distribution::DistributionError;

const DIGEST: &str = "docker-content-digest";

fn check_digest(digest: &str) -> Result<Algorithm, DistributionError> {
    Algorithm::of(digest)
        .ok_or_else(|| DistributionError::DigestInvalid(format!("{digest} is not a digest of sha256 or sha512")))
}

/// Finds a blob that a manifest of the repository refers to, or that waits for its manifest.
fn find(admitted: &Admitted<'_>, digest: &str) -> Result<Blob, DistributionError> {
    check_digest(digest)?;
    match admitted.service().uploads.blob(&admitted.key, digest) {
        Some(blob) => Ok(blob),
        None => admitted.in_world(|world| world.registry.blob(admitted.place(), admitted.repository(), digest)),
    }
}

/// Sends a blob, or the part of it that the header `Range` names.
pub(super) async fn get(admitted: &Admitted<'_>, digest: &str) -> Result<Answer, DistributionError> {
    let blob = find(admitted, digest)?;
    let size = blob.size();
    let (status, start, length) = match admitted.call.header(header::RANGE).and_then(|range| part(range, size)) {
        None => (200, 0, size),
        Some(Ok((start, length))) => (206, start, length),
        Some(Err(())) => {
            let error = DistributionError::RangeInvalid(format!("the blob has {size} bytes"));
            return Ok(with(answer::refusal(&error), header::CONTENT_RANGE, &format!("bytes */{size}")));
        }
    };
    let mut out = empty(status);
    if admitted.call.parts.method == Method::GET {
        let failed = |error| DistributionError::Internal(format!("the layer cannot be read: {error}"));
        *out.body_mut() = Body::part(&blob, start, length).await.map_err(failed)?;
    }
    if status == 206 {
        let range = format!("bytes {start}-{}/{size}", start + length - 1);
        out = with(out, header::CONTENT_RANGE, &range);
    }
    out = with(out, header::CONTENT_LENGTH, &length.to_string());
    out = with(out, header::CONTENT_TYPE, "application/octet-stream");
    out = with(out, header::ACCEPT_RANGES, "bytes");
    out = with(out, header::ETAG, &format!("\"{digest}\""));
    Ok(with_own(out, DIGEST, digest))
}

/// Reads one range of bytes: where it starts and how long it is. Nothing for several ranges and other units, which are
/// ignored, and an error for one that is outside.
fn part(range: &str, size: u64) -> Option<Result<(u64, u64), ()>> {
    let spec = range.strip_prefix("bytes=")?.trim();
    let (start, end) = spec.split_once('-')?;
    let (start, end) = match (start, end) {
        ("", last) => (size.saturating_sub(last.parse().ok()?), size.checked_sub(1)),
        (start, "") => (start.parse().ok()?, size.checked_sub(1)),
        (start, end) => (start.parse().ok()?, Some(end.parse().ok()?)),
    };
    match end.map(|end: u64| end.min(size.saturating_sub(1))) {
        Some(end) if start <= end && start < size => Some(Ok((start, end - start + 1))),
        _ => Some(Err(())),
    }
}

/// Deletes a blob that waits for its manifest. One that a manifest refers to goes with the last such manifest.
pub(super) fn delete(admitted: &Admitted<'_>, digest: &str) -> Result<Answer, DistributionError> {
    find(admitted, digest)?;
    if admitted.service().uploads.forget(&admitted.key, [digest]) == 0 {
        let message = format!("a manifest refers to {digest}; delete the manifest");
        return Err(DistributionError::Denied(message));
    }
    Ok(empty(202))
}

/// Opens an upload; or takes the whole blob at once, or mounts it from another repository, if the query says so.
pub(super) async fn begin<B>(admitted: &Admitted<'_>, body: B) -> Result<Answer, DistributionError>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
{
    admitted.in_world(|world| world.registry.check_push(admitted.place(), admitted.repository()))?;
    if let Some(digest) = admitted.call.parameter("mount") {
        check_digest(&digest)?;
        if let Some(blob) = mounted(admitted, &digest) {
            admitted.service().uploads.keep(&admitted.key, &digest, blob)?;
            return Ok(created(admitted, &digest));
        }
    }
    let digest = admitted.call.parameter("digest");
    if let Some(digest) = &digest {
        check_digest(digest)?;
    }
    let writer = admitted.service().store.writer().await;
    let failed = |error| DistributionError::Internal(format!("the upload cannot be opened: {error}"));
    let id = format!("{:016x}{:016x}", SystemClock.random(), SystemClock.random());
    let mut writing = admitted.service().uploads.begin(id, admitted.key.clone(), writer.map_err(failed)?)?;
    match digest {
        Some(digest) => {
            receive(admitted, &mut writing, body).await?;
            seal(admitted, writing, &digest).await
        }
        None => Ok(progress(admitted, &writing, 202)),
    }
}

/// Finds a blob of the repository that the query names, if the caller may pull from it.
fn mounted(admitted: &Admitted<'_>, digest: &str) -> Option<Blob> {
    let from = admitted.call.parameter("from")?;
    let host = admitted.call.host();
    let key = admitted.in_world(|world| route::resolve(&world.registry, host, &from)).ok()?;
    if !admitted.claims.allow(&key.0, &from, "pull") {
        return None;
    }
    let waiting = admitted.service().uploads.blob(&key, digest);
    waiting.or_else(|| admitted.in_world(|world| world.registry.blob(&key.0, &key.1, digest)).ok())
}

/// Returns the state of an upload.
pub(super) fn status(admitted: &Admitted<'_>, id: &str) -> Result<Answer, DistributionError> {
    let writing = admitted.service().uploads.take(id, &admitted.key)?;
    Ok(progress(admitted, &writing, 204))
}

/// Cancels an upload.
pub(super) fn cancel(admitted: &Admitted<'_>, id: &str) -> Result<Answer, DistributionError> {
    drop(admitted.service().uploads.take(id, &admitted.key)?.end());
    Ok(empty(204))
}

/// Adds a chunk to an upload.
pub(super) async fn append<B>(admitted: &Admitted<'_>, id: &str, body: B) -> Result<Answer, DistributionError>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
{
    let mut writing = admitted.service().uploads.take(id, &admitted.key)?;
    if let Some(answer) = out_of_order(admitted, &writing)? {
        return Ok(answer);
    }
    receive(admitted, &mut writing, body).await?;
    Ok(progress(admitted, &writing, 202))
}

/// Ends an upload, with the last chunk in the body if there is one.
pub(super) async fn finish<B>(admitted: &Admitted<'_>, id: &str, body: B) -> Result<Answer, DistributionError>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
{
    let digest = admitted.call.parameter("digest");
    let digest = digest.ok_or_else(|| DistributionError::DigestInvalid("the query has no digest".to_owned()))?;
    check_digest(&digest)?;
    let mut writing = admitted.service().uploads.take(id, &admitted.key)?;
    if let Some(answer) = out_of_order(admitted, &writing)? {
        return Ok(answer);
    }
    receive(admitted, &mut writing, body).await?;
    seal(admitted, writing, &digest).await
}

/// The answer to a chunk that does not follow what is there.
fn out_of_order(admitted: &Admitted<'_>, writing: &Writing) -> Result<Option<Answer>, DistributionError> {
    let Some(range) = admitted.call.header(header::CONTENT_RANGE) else { return Ok(None) };
    let malformed = || DistributionError::BlobUploadInvalid(format!("Content-Range {range} is not START-END"));
    let plain = range.strip_prefix("bytes ").unwrap_or(range);
    let plain = plain.split_once('/').map_or(plain, |(range, _)| range);
    let (start, end) = plain.split_once('-').ok_or_else(malformed)?;
    let number = |text: &str| text.trim().parse::<u64>().map_err(|_| malformed());
    let (start, end) = (number(start)?, number(end)?);
    let length = admitted.call.header(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if end < start || length.is_some_and(|length| Some(length) != (end - start).checked_add(1)) {
        let message = "Content-Range and Content-Length differ in the size of the chunk".to_owned();
        return Err(DistributionError::BlobUploadInvalid(message));
    }
    if start == writing.size() {
        return Ok(None);
    }
    let message = format!("the upload has {} bytes, and the chunk begins at {start}", writing.size());
    let refusal = answer::refusal(&DistributionError::RangeInvalid(message));
    Ok(Some(located(admitted, writing, refusal)))
}

/// Writes a body to an upload. What was received before the client went away stays, so that the client can continue.
async fn receive<B>(admitted: &Admitted<'_>, writing: &mut Writing, mut body: B) -> Result<(), DistributionError>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
{
    let largest = admitted.service().largest;
    let before = writing.size();
    while let Some(frame) = body.frame().await {
        let gone = |_| DistributionError::BlobUploadInvalid("the body is cut short".to_owned());
        let frame = frame.map_err(gone)?;
        let (Some(data), Some(upload)) = (frame.data_ref(), writing.upload()) else { continue };
        if upload.writer.size().saturating_add(data.len() as u64) > largest {
            return Err(DistributionError::SizeInvalid(format!("a layer has at most {largest} bytes")));
        }
        upload.hashing.update(data);
        match upload.writer.write(data).await {
            Ok(()) => {}
            Err(WriteFailure::Full) => {
                let most = admitted.service().store.room.most();
                return Err(DistributionError::Denied(format!("the registries are full: they have {most} bytes")));
            }
            Err(WriteFailure::Io(error)) => {
                return Err(DistributionError::Internal(format!("the layer cannot be written: {error}")));
            }
        }
    }
    let announced = admitted.call.header(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    match announced {
        Some(announced) if writing.size() - before != announced => {
            Err(DistributionError::SizeInvalid("the body and Content-Length differ in size".to_owned()))
        }
        _ => Ok(()),
    }
}

/// Ends an upload whose content has to have the digest. The upload is gone if it has not.
async fn seal(admitted: &Admitted<'_>, writing: Writing, digest: &str) -> Result<Answer, DistributionError> {
    let Some(Upload { writer, hashing, .. }) = writing.end() else {
        return Err(DistributionError::BlobUploadUnknown("the upload has ended".to_owned()));
    };
    let failed = |error| DistributionError::Internal(format!("the layer cannot be kept: {error}"));
    let blob = writer.finish().await.map_err(failed)?;
    let algorithm = check_digest(digest)?;
    let found = if algorithm == hashing.algorithm() { hashing.digest() } else { hash_again(&blob, algorithm).await? };
    if found != digest {
        return Err(DistributionError::DigestInvalid(format!("the content has the digest {found}, not {digest}")));
    }
    admitted.service().uploads.keep(&admitted.key, digest, blob)?;
    Ok(created(admitted, digest))
}

/// Computes a digest of another algorithm than the one that was computed while the content arrived.
async fn hash_again(blob: &Blob, algorithm: Algorithm) -> Result<String, DistributionError> {
    let failed = |error| DistributionError::Internal(format!("the layer cannot be read: {error}"));
    let mut body = Body::part(blob, 0, blob.size()).await.map_err(failed)?;
    let mut hashing = Hashing::new(algorithm);
    while let Some(frame) = body.frame().await {
        if let Some(data) = frame.map_err(failed)?.data_ref() {
            hashing.update(data);
        }
    }
    Ok(hashing.digest())
}

fn created(admitted: &Admitted<'_>, digest: &str) -> Answer {
    let out = with(empty(201), header::LOCATION, &format!("/v2/{}/blobs/{digest}", admitted.name));
    with_own(out, DIGEST, digest)
}

/// Returns the state of an upload and its address.
fn progress(admitted: &Admitted<'_>, writing: &Writing, status: u16) -> Answer {
    located(admitted, writing, empty(status))
}

fn located(admitted: &Admitted<'_>, writing: &Writing, out: Answer) -> Answer {
    let out = with(out, header::LOCATION, &format!("/v2/{}/blobs/uploads/{}", admitted.name, writing.id()));
    let out = with(out, header::RANGE, &format!("0-{}", writing.size().saturating_sub(1)));
    with_own(out, "docker-upload-uuid", writing.id())
}

#[cfg(test)]
mod tests;
