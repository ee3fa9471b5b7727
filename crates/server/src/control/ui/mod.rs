//! The inspector: one page, served from the binary as it is written. `main.js` is where it starts.

use super::{Body, text_answer};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use http::{HeaderValue, Response};

/// Path of the page; its files are below.
const PATH: &str = "/_wharf/ui";
/// The file that is the page.
pub(super) const PAGE: &str = "index.html";

/// Lets the page load its own files and call this server, and nothing else. Scripts cannot turn text into HTML.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// The files, each with its name, its content type and its text.
macro_rules! files {
    ($($name:literal $kind:ident,)*) => {
        &[$(($name, $kind, include_str!($name))),*]
    };
}

const FILES: &[(&str, &str, &str)] = files! {
    "index.html" HTML,
    "icon.svg" SVG,
    "base.css" CSS,
    "page.css" CSS,
    "cloud.css" CSS,
    "journal.css" CSS,
    "api.js" JAVASCRIPT,
    "charts.js" JAVASCRIPT,
    "clock.js" JAVASCRIPT,
    "clouds.js" JAVASCRIPT,
    "cluster.js" JAVASCRIPT,
    "clusters.js" JAVASCRIPT,
    "connection.js" JAVASCRIPT,
    "dialog.js" JAVASCRIPT,
    "difference.js" JAVASCRIPT,
    "dom.js" JAVASCRIPT,
    "entry.js" JAVASCRIPT,
    "faults.js" JAVASCRIPT,
    "figures.js" JAVASCRIPT,
    "format.js" JAVASCRIPT,
    "forms.js" JAVASCRIPT,
    "icons.js" JAVASCRIPT,
    "journal.js" JAVASCRIPT,
    "main.js" JAVASCRIPT,
    "mishaps.js" JAVASCRIPT,
    "picture.js" JAVASCRIPT,
    "registries.js" JAVASCRIPT,
    "start.js" JAVASCRIPT,
    "theme.js" JAVASCRIPT,
    "token.js" JAVASCRIPT,
    "views.js" JAVASCRIPT,
    "work.js" JAVASCRIPT,
    "world.js" JAVASCRIPT,
};

/// Whether a request is for the page or one of its files. They hold nothing that is secret.
pub(super) fn concerns(path: &str) -> bool {
    path.strip_prefix(PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers with a file of the page.
pub(super) fn file(name: &str) -> Response<Body> {
    match FILES.iter().find(|(file, ..)| *file == name) {
        Some((_, kind, text)) => respond(200, kind, text),
        None => respond(404, "text/plain; charset=utf-8", "The inspector has no such file.\n"),
    }
}

fn respond(status: u16, kind: &'static str, text: &'static str) -> Response<Body> {
    let mut response = text_answer(status, kind, text);
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

#[cfg(test)]
mod tests;
