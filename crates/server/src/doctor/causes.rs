//! Causes that are known without a search: what is missing, unknown, expired or cannot be read.

/// Seconds of a minute, an hour and a day.
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The time of the request is too far from the server's. Both are in seconds since 1970.
pub(crate) fn clock(time: i64, now: i64) -> String {
    if time > 0 && time.unsigned_abs() / 1_000 > now.unsigned_abs() / 2 {
        return format!("The time of the request, {time}, is in milliseconds, and seconds are expected.");
    }
    let apart = time.abs_diff(now);
    let way = if time < now { "behind" } else { "ahead of" };
    let hours = apart.saturating_add(HOUR / 2) / HOUR;
    // The zones of the world are whole hours apart, nearly all of them.
    if (1..=14).contains(&hours) && apart.abs_diff(hours * HOUR) < 2 * MINUTE {
        let hours = amount(hours, "hour");
        return format!(
            "The clock of the caller is {hours} {way} the server's: most often local time was sent where UTC is expected."
        );
    }
    format!("The clock of the caller is {} {way} the server's.", span(apart))
}

/// A span of time in its largest unit.
fn span(seconds: u64) -> String {
    let of = |unit: u64| (seconds + unit / 2) / unit;
    match seconds {
        0..120 => amount(seconds, "second"),
        120..7_200 => amount(of(MINUTE), "minute"),
        7_200..172_800 => amount(of(HOUR), "hour"),
        _ => amount(of(DAY), "day"),
    }
}

fn amount(count: u64, unit: &str) -> String {
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}

/// Something that belongs to every signed request is missing.
pub(crate) fn missing(name: &str) -> String {
    format!("{name} is missing, which every signed request has.")
}

/// No key has that identifier. `secrets` are those of the keys that there are.
pub(crate) fn unknown_key<'a>(id: &str, mut secrets: impl Iterator<Item = &'a str>) -> String {
    if secrets.any(|secret| secret == id) {
        return "The secret was sent where the identifier of the key belongs: the two were exchanged.".to_owned();
    }
    if id.trim() != id {
        return "The identifier of the key has white space before or after it.".to_owned();
    }
    let what = "there is no key with the identifier that the request names";
    format!("The key is unknown here: {what}. It may be misspelled, deleted, or the key of another cloud.")
}

/// The session token is not the one of the key.
pub(crate) fn token(due: bool, given: bool) -> &'static str {
    match (due, given) {
        (true, false) => "The session token is missing: the key is a temporary one.",
        (true, true) => "The session token belongs to another key, or was changed.",
        (false, _) => "A session token was sent with a permanent key, which has none.",
    }
}

/// The same request came before.
pub(crate) const REPLAYED: &str =
    "The same request was received before: each one needs a new nonce, and a retry has to be signed again.";

/// The request has no signature at all.
pub(crate) const UNSIGNED: &str = "The request is not signed: it has neither a signature nor a token.";

/// A header that must be signed is not.
pub(crate) fn unsigned_header(name: &str) -> String {
    format!("The header `{name}` is not signed, and this scheme requires it.")
}

/// A header that is named as signed is not there.
pub(crate) fn lost_header(name: &str) -> String {
    format!("The header `{name}` was signed and did not arrive: it was removed on the way (a proxy?), or never sent.")
}

/// A header that is named twice.
pub(crate) fn repeated_header(name: &str) -> String {
    format!("The header `{name}` is named twice among the signed headers.")
}

/// The body is not the one whose digest a header states.
pub(crate) fn changed_body(header: &str) -> String {
    format!("The body that was signed is not the body that arrived: its digest is not the one in `{header}`.")
}

/// The header of the signature cannot be read.
pub(crate) fn malformed(header: &str, scheme: &str) -> String {
    if header.trim_start().to_ascii_uppercase().starts_with(scheme) && !header.trim_start().starts_with(scheme) {
        return format!("The name of the scheme is written in capitals: `{scheme}`.");
    }
    let first = header.split_whitespace().next().unwrap_or_default();
    match first {
        "Bearer" | "Basic" => {
            format!("The header `Authorization` has a {first} token, and a signature with {scheme} is expected.")
        }
        _ if header.split_whitespace().count() == 1 => {
            format!("The header `Authorization` does not begin with the scheme and a space: `{scheme} `.")
        }
        _ => "The header `Authorization` cannot be read: a part of it is missing or misspelled.".to_owned(),
    }
}

#[cfg(test)]
mod tests;
