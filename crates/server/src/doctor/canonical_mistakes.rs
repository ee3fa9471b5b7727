//! The mistakes of clients with a canonical request.

use super::canonical::{Case, Form, Key, Known, PayloadForm, Scheme, base64_digest_of, digest_of};
use super::common_mistakes::{self, WrongForm};
use super::variants::{bodies, paths, queries};
use super::{LEFT_OUT, Mistake};
use wharf_sign::UNSIGNED_PAYLOAD;

/// All mistakes that are tried, the likeliest first.
pub(super) fn mistakes(case: &Case, sent: Known) -> Vec<Mistake<Case>> {
    let mut out: Vec<Mistake<Case>> = Vec::new();
    common_mistakes::secrets(&sent.secrets, &mut out, |case| &mut case.secret);
    for host in sent.hosts {
        let what = format!("the client signed the host `{host}` and sent another");
        out.push(Mistake::new("host", what, move |case: &mut Case| case.set_header("host", &host)));
    }
    body(case, sent.body.as_deref(), &mut out);
    headers(case, &mut out);
    common_mistakes::methods(&case.method, &mut out, |case| &mut case.method);
    let raw =
        ("the path was signed as it was sent, and not encoded as this scheme requires".to_owned(), sent.path.clone());
    let own = sent.paths.iter().map(|path| (format!("the client signed the path `{path}`"), path.clone()));
    let known = paths(&sent.path).into_iter().chain(paths(&case.path)).chain([raw]).chain(own);
    for (what, path) in known.filter(|(_, path)| *path != case.path) {
        out.push(Mistake::new("path", what, move |case: &mut Case| case.path.clone_from(&path)));
    }
    for (what, query) in queries(&sent.query, &case.query) {
        out.push(Mistake::new("query", what, move |case: &mut Case| case.query.clone_from(&query)));
    }
    scope(case, sent.stamps, sent.services, sent.dates, &mut out);
    forms(case, &mut out);
    for (at, pair) in case.query.split('&').enumerate().filter(|(_, pair)| !pair.is_empty()).take(LEFT_OUT) {
        let name = pair.split('=').next().unwrap_or_default();
        let what = format!("the parameter `{name}` of the query was left out of the signature");
        out.push(Mistake::alone("query", what, move |case: &mut Case| {
            let left: Vec<&str> =
                case.query.split('&').enumerate().filter(|(other, _)| *other != at).map(|(_, pair)| pair).collect();
            case.query = left.join("&");
        }));
    }
    out
}

fn body(case: &Case, body: Option<&[u8]>, out: &mut Vec<Mistake<Case>>) {
    let mut digests: Vec<(&str, String)> = vec![
        ("the body was left out of the signature", digest_of(b"")),
        ("the digest of the body was left out of the canonical request", String::new()),
    ];
    // TC3 signs the digest of the word, the others the word itself.
    let unsigned = [UNSIGNED_PAYLOAD.to_owned(), digest_of(UNSIGNED_PAYLOAD.as_bytes())];
    if unsigned.contains(&case.payload) {
        let signed = "the body was signed although the header says that it is not";
        digests.extend(body.map(|body| (signed, digest_of(body))));
    } else {
        digests.extend(unsigned.map(|word| ("the body was left unsigned without the header that says so", word)));
    }
    if let Some(body) = body {
        digests.extend(bodies(body).into_iter().map(|(what, body)| (what, digest_of(&body))));
        digests.push(("the digest of the body is base64 where hex digits are expected", base64_digest_of(body)));
        if let Ok(text) = String::from_utf8(body.to_vec()) {
            out.push(Mistake::alone(
                "body",
                "the body itself was signed, and not its digest",
                move |case: &mut Case| {
                    case.payload.clone_from(&text);
                    case.form.payload = PayloadForm::Body;
                },
            ));
        }
    }
    for (what, digest) in digests.into_iter().filter(|(_, digest)| *digest != case.payload) {
        out.push(Mistake::new("body", what, move |case: &mut Case| case.payload.clone_from(&digest)));
    }
}

fn headers(case: &Case, out: &mut Vec<Mistake<Case>>) {
    const TYPES: [&str; 9] = [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=utf-8",
        "application/json; charset=UTF-8",
        "application/json;charset=UTF-8",
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-8",
        "text/plain",
        "",
    ];
    let signs = |name: &str| case.headers.iter().any(|(known, _)| known == name);
    for other in TYPES.into_iter().filter(|other| signs("content-type") && *other != case.header("content-type")) {
        let what = format!("the client signed the content type `{other}` and sent another");
        out.push(Mistake::new("type", what, move |case: &mut Case| case.set_header("content-type", other)));
    }
    for (name, value) in case.headers.iter().take(LEFT_OUT) {
        let (removed, what) = (name.clone(), format!("the header `{name}` was left out of the signature"));
        out.push(Mistake::alone("header", what, move |case: &mut Case| case.remove_header(&removed)));
        let (kept, what) = (name.clone(), format!("the header `{name}` was named as signed, and its line left out"));
        out.push(Mistake::alone("header", what, move |case: &mut Case| {
            case.headers.retain(|(known, _)| *known != kept);
        }));
        let (empty, what) = (
            name.clone(),
            format!("the header `{name}` was empty when it was signed, and was changed after signing (a proxy?)"),
        );
        out.push(Mistake::alone("header", what, move |case: &mut Case| case.set_header(&empty, "")));
        for (how, other) in [("small", value.to_lowercase()), ("capital", value.to_uppercase())] {
            let (changed, what) =
                (name.clone(), format!("the value of the header `{name}` was signed in {how} letters"));
            out.push(Mistake::alone("header", what, move |case: &mut Case| case.set_header(&changed, &other)));
        }
    }
    // Headers that programs between client and server often write or change.
    for (name, value) in [
        ("user-agent", "Go-http-client/1.1"),
        ("accept-encoding", "gzip"),
        ("accept-encoding", "gzip, deflate"),
        ("accept-encoding", "identity"),
        ("connection", "keep-alive"),
        ("connection", "close"),
        ("content-length", "0"),
        ("accept", "*/*"),
        ("accept", "application/json"),
    ] {
        if signs(name) {
            let what = format!("the header `{name}` was changed after signing (a proxy?): it was signed as `{value}`");
            out.push(Mistake::alone("header", what, move |case: &mut Case| case.set_header(name, value)));
        }
    }
    out.push(Mistake::new("order", "the signed headers were not sorted by their names", |case: &mut Case| {
        case.headers.reverse();
        case.name_headers();
    }));
    let capital = "the names of the headers were signed with capital letters";
    out.push(Mistake::new("names", capital, |case: &mut Case| {
        for (name, _) in &mut case.headers {
            *name = capitals(name);
        }
        case.names = case.headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";");
    }));
    out.push(Mistake::new("names", capital, |case: &mut Case| {
        for (name, _) in &mut case.headers {
            *name = capitals(name);
        }
    }));
    out.push(Mistake::new("list", "the names of the signed headers were joined with commas", |case: &mut Case| {
        case.names = case.names.replace(';', ",");
    }));
    out.push(Mistake::new(
        "list",
        "the names of the signed headers were left out of the canonical request",
        |case: &mut Case| {
            case.names.clear();
        },
    ));
}

/// The name of a header with each word in a capital.
fn capitals(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect::<Vec<_>>().join("-")
}

fn scope(
    case: &Case,
    stamps: Vec<(String, String)>,
    services: Vec<String>,
    dates: Vec<String>,
    out: &mut Vec<Mistake<Case>>,
) {
    for (what, stamp) in stamps.into_iter().filter(|(_, stamp)| *stamp != case.stamp) {
        out.push(Mistake::alone("stamp", what, move |case: &mut Case| case.stamp.clone_from(&stamp)));
    }
    let Scheme::Tc3 { date, service } = &case.scheme else { return };
    for other in services.into_iter().filter(|other| other != service) {
        let what = format!("the key was derived for the service `{other}`");
        out.push(Mistake::new("service", what, move |case: &mut Case| {
            if let Scheme::Tc3 { service, .. } = &mut case.scheme {
                service.clone_from(&other);
            }
        }));
    }
    for other in dates.into_iter().filter(|other| other != date) {
        let what = format!("the key was derived for the date `{other}`, and not for that of the timestamp in UTC");
        out.push(Mistake::new("date", what, move |case: &mut Case| {
            if let Scheme::Tc3 { date, .. } = &mut case.scheme {
                date.clone_from(&other);
            }
        }));
    }
}

/// Mistakes with how the texts and the key are put together.
fn forms(case: &Case, out: &mut Vec<Mistake<Case>>) {
    let mut forms: Vec<WrongForm<Form>> = vec![
        ("string", "the canonical request itself was put into the string to sign, and not its digest", |form| {
            form.unhashed = true
        }),
        ("string", "the canonical request was signed, and not the string to sign", |form| form.bare = true),
        ("string", "the digest of the canonical request is in capital letters where small ones are expected", |form| {
            form.capitals = true
        }),
        ("string", "the line with the algorithm is missing in the string to sign", |form| form.no_algorithm = true),
        ("blank", "the empty line after the signed headers is missing", |form| form.no_blank_line = true),
        ("colon", "the headers were signed with a space after the colon", |form| form.spaced_headers = true),
        ("query", "the path was signed with the query, which has a line of its own", |form| form.query_in_path = true),
        ("body", "the digest of the body is in capital letters where small ones are expected", |form| {
            form.payload = PayloadForm::Capitals
        }),
        ("hash", "the signature was made with HMAC-SHA1 and not with HMAC-SHA256", |form| form.sha1 = true),
    ];
    if matches!(case.scheme, Scheme::Tc3 { .. }) {
        forms.extend::<[WrongForm<Form>; 3]>([
            ("key", "the secret itself was used as the key, which has to be derived for date and service", |form| {
                form.key = Key::Secret
            }),
            ("key", "the prefix `TC3` before the secret is missing where the key is derived", |form| {
                form.key = Key::NoPrefix
            }),
            ("key", "the key was derived from hex digits, and not from the bytes of each step", |form| {
                form.key = Key::Digits
            }),
        ]);
    }
    common_mistakes::forms(forms, out, |case| &mut case.form);
    common_mistakes::charsets(out, |case| &mut case.form.charset);
}
