//! Reading a request's body within its limit.

use bytes::Bytes;
use http::Method;
use http::request::Parts;
use http_body_util::BodyExt;

/// Why there is no body.
#[derive(Debug)]
pub(super) enum Failure {
    /// The request is too large.
    TooLarge,
    /// The caller went away.
    Gone,
}

/// Reads the body. The target of a GET counts, too.
///
/// What is over the limit is read and dropped, up to four times the limit: a caller that is still
/// writing when the answer comes would see a cut connection instead of the answer.
pub(super) async fn body<B>(parts: &Parts, mut body: B, limit: usize) -> Result<Bytes, Failure>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
{
    let mut size = match parts.method {
        Method::GET => parts.uri.path_and_query().map_or(0, |target| target.as_str().len()),
        _ => 0,
    };
    let mut read = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Err(Failure::Gone) };
        let Some(data) = frame.data_ref() else { continue };
        size += data.len();
        if size <= limit {
            read.extend_from_slice(data);
        } else if size > 4 * limit {
            break;
        }
    }
    if size > limit { Err(Failure::TooLarge) } else { Ok(read.into()) }
}
