//! Command lines of curl.

use super::capture::{CaptureError, Captured};
use http::Uri;

/// Options with a value that do not change what is sent, and those without one.
const IGNORED: [&str; 20] = [
    "--cacert",
    "--capath",
    "--cert",
    "--connect-timeout",
    "--connect-to",
    "--key",
    "--max-time",
    "--output",
    "--proxy",
    "--resolve",
    "--retry",
    "--retry-delay",
    "--stderr",
    "--trace",
    "--trace-ascii",
    "--write-out",
    "-m",
    "-o",
    "-w",
    "-x",
];
const FLAGS: [&str; 26] = [
    "--compressed",
    "--fail",
    "--fail-with-body",
    "--http1.1",
    "--http2",
    "--include",
    "--insecure",
    "--location",
    "--no-buffer",
    "--no-progress-meter",
    "--show-error",
    "--silent",
    "--tlsv1.2",
    "--verbose",
    "--globoff",
    "-f",
    "-g",
    "-i",
    "-k",
    "-L",
    "-N",
    "-s",
    "-S",
    "-sS",
    "-v",
    "-sSL",
];

/// Reads a command line.
pub(super) fn read(text: &[u8]) -> Result<Captured, CaptureError> {
    let text = std::str::from_utf8(text).map_err(|_| CaptureError::new("the curl command is not UTF-8"))?;
    let text = text.trim_start_matches("$ ").replace("\\\r\n", " ").replace("\\\n", " ");
    let words = shlex::split(&text)
        .ok_or_else(|| CaptureError::new("the curl command has a quotation mark without its end"))?;
    let mut words = words.into_iter().skip(1);
    let (mut method, mut url, mut data) = (None, None, None::<String>);
    let (mut in_query, mut json) = (false, false);
    let mut headers: Vec<(String, String)> = Vec::new();
    while let Some(word) = words.next() {
        let (option, mut attached) = split_option(&word);
        let mut value = || {
            let value = attached.take().or_else(|| words.next());
            value.ok_or_else(|| CaptureError::new(format!("the option {option} of curl has no value")))
        };
        match option.as_str() {
            "-X" | "--request" => method = Some(value()?),
            "--url" => url = Some(value()?),
            "-H" | "--header" => headers.extend(header(&value()?)?),
            "-A" | "--user-agent" => headers.push(("user-agent".to_owned(), value()?)),
            "-d" | "--data" | "--data-ascii" | "--data-raw" | "--data-binary" | "--json" => {
                let (value, is_raw) = (value()?, option == "--data-raw");
                if value.starts_with('@') && !is_raw {
                    return Err(CaptureError::new(
                        "the curl command reads the body from a file, which is not in the capture",
                    ));
                }
                // What curl does with the text of `-d`.
                let value = if matches!(option.as_str(), "-d" | "--data" | "--data-ascii") {
                    value.replace(['\r', '\n'], "")
                } else {
                    value
                };
                json |= option == "--json";
                data = Some(data.map_or(value.clone(), |data| format!("{data}&{value}")));
            }
            "-G" | "--get" => in_query = true,
            "-I" | "--head" => method = Some("HEAD".to_owned()),
            option if IGNORED.contains(&option) => drop(value()?),
            option if FLAGS.contains(&option) => {}
            option if option.starts_with('-') => {
                return Err(CaptureError::new(format!("the option {option} of curl is not supported here")));
            }
            _ if url.is_none() => url = Some(word),
            _ => return Err(CaptureError::new("the curl command has more than one URL")),
        }
    }
    let url = url.ok_or_else(|| CaptureError::new("the curl command has no URL"))?;
    let url = if url.contains("://") { url } else { format!("http://{url}") };
    let uri: Uri = url.parse().map_err(|_| CaptureError::new("the URL of the curl command is not valid"))?;
    let host = uri.authority().map(|authority| authority.as_str().rsplit('@').next().unwrap_or_default().to_owned());
    let mut target = uri.path_and_query().map_or_else(|| "/".to_owned(), |target| target.as_str().to_owned());
    let mut body = data.unwrap_or_default();
    let has_data = !body.is_empty() || json;
    if in_query && !body.is_empty() {
        target = format!("{target}{}{body}", if target.contains('?') { "&" } else { "?" });
        body.clear();
    }
    let usual = if has_data && !in_query { "POST" } else { "GET" };
    let mut captured = Captured {
        method: method.unwrap_or_else(|| usual.to_owned()),
        target,
        headers,
        body: body.into_bytes(),
        loose_end: false,
    };
    complete(&mut captured, host, usual == "POST", json);
    Ok(captured)
}

/// Adds the headers that curl sends by itself. A header that was set without a value is not sent.
fn complete(captured: &mut Captured, host: Option<String>, has_body: bool, json: bool) {
    let kind = if json { "application/json" } else { "application/x-www-form-urlencoded" };
    let accept = if json { "application/json" } else { "*/*" };
    let usual = [("host", host.as_deref().unwrap_or_default()), ("accept", accept)];
    let of_body = has_body.then_some(("content-type", kind));
    for (name, value) in usual.into_iter().chain(of_body) {
        if captured.header(name).is_none() {
            captured.headers.push((name.to_owned(), value.to_owned()));
        }
    }
    captured.headers.retain(|(_, value)| !value.is_empty());
}

/// The option of a word, and the value that is attached to it: `-XPOST`, `--request=POST`.
fn split_option(word: &str) -> (String, Option<String>) {
    if word.starts_with("--") {
        return match word.split_once('=') {
            Some((option, value)) => (option.to_owned(), Some(value.to_owned())),
            None => (word.to_owned(), None),
        };
    }
    for option in ["-X", "-H", "-d", "-A", "-o", "-m", "-w", "-x"] {
        if let Some(value) = word.strip_prefix(option).filter(|value| !value.is_empty()) {
            return (option.to_owned(), Some(value.to_owned()));
        }
    }
    (word.to_owned(), None)
}

/// A header as an option states it.
fn header(text: &str) -> Result<Option<(String, String)>, CaptureError> {
    if let Some((name, value)) = text.split_once(':') {
        return Ok(Some((name.trim().to_owned(), value.trim().to_owned())));
    }
    // `X-Name;` is a header without a value.
    match text.strip_suffix(';') {
        Some(name) => Ok(Some((name.trim().to_owned(), String::new()))),
        None => Err(CaptureError::new("a header of the curl command has no colon")),
    }
}
