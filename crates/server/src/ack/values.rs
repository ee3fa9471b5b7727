//! The rules for single values.

use crate::input::{Input, invalid};
use wharf_world::kernel::violation::{Outcome, Reason};

const DISKS: [&str; 3] = ["cloud_efficiency", "cloud_ssd", "cloud_essd"];
const PLATFORMS: [&str; 6] = ["CentOS", "AliyunLinux", "WindowsCore", "CentOS 7.6", "ARM CentOS", "NeoKylin"];
const EFFECTS: [&str; 3] = ["NoSchedule", "NoExecute", "PreferNoSchedule"];
/// Tags and labels of one thing.
const MOST_TAGS: usize = 20;

/// Whether the text can name a cluster or a pool.
pub(super) fn check_name(name: &str) -> Outcome<()> {
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let formed = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || is_han(c)) && !name.starts_with('-');
    if formed && (1..=63).contains(&name.chars().count()) {
        return Ok(());
    }
    Err(invalid("name has 1 to 63 digits, letters, Han characters and hyphens, and does not begin with a hyphen"))
}

/// The password of servers, if one is given. No message repeats it.
pub(super) fn check_login(input: Input<'_>, name: &str) -> Outcome<()> {
    let Some(password) = input.filled(name)? else { return Ok(()) };
    if input.filled("key_pair")?.is_some() {
        return Err(invalid(format!("{name} and key_pair are not given together")));
    }
    let kinds: [fn(char) -> bool; 4] =
        [|c| c.is_ascii_uppercase(), |c| c.is_ascii_lowercase(), |c| c.is_ascii_digit(), |c| c.is_ascii_punctuation()];
    let count = kinds.iter().filter(|kind| password.chars().any(kind)).count();
    let formed = password.chars().all(|c| c.is_ascii_graphic() && c != '\\' && c != '"');
    if !(8..=30).contains(&password.len()) || count < 3 || !formed {
        return Err(invalid(format!(
            "{name} has 8 to 30 characters of at least three kinds: capitals, small letters, digits, punctuation but \\ and \""
        )));
    }
    Ok(())
}

/// Tags: keys and values.
pub(super) fn tags(items: Vec<Input<'_>>, what: &str) -> Outcome<Vec<(String, String)>> {
    if items.len() > MOST_TAGS {
        return Err(invalid(format!("there are at most {MOST_TAGS} {what}, not {}", items.len())));
    }
    let mut tags: Vec<(String, String)> = Vec::new();
    for item in items {
        let (key, value) = (item.required("key")?, item.text("value")?.unwrap_or_default());
        let reserved = ["aliyun", "acs:", "http://", "https://"];
        if reserved.iter().any(|start| key.starts_with(start)) {
            return Err(invalid(format!(
                "the key {key} begins with a word that is reserved: aliyun, acs:, http(s)://"
            )));
        }
        if key.chars().count() > 64 || value.chars().count() > 128 {
            return Err(invalid(format!("the key of one of the {what} has at most 64 characters, its value 128")));
        }
        if tags.iter().any(|(known, _)| known == key) {
            return Err(invalid(format!("the key {key} is given twice")));
        }
        tags.push((key.to_owned(), value.to_owned()));
    }
    Ok(tags)
}

/// Whether taints are as Kubernetes asks for.
pub(super) fn check_taints(config: Input<'_>) -> Outcome<()> {
    for taint in config.structures("taints")? {
        taint.required("key")?;
        taint.one_of("effect", &EFFECTS)?;
    }
    Ok(())
}

/// The category of a disk, if one is given.
pub(super) fn check_disk(input: Input<'_>, name: &str) -> Outcome<()> {
    input.one_of(name, &DISKS).map(|_| ())
}

/// The operating system of servers.
pub(super) fn platform(input: Input<'_>) -> Outcome<String> {
    Ok(input.one_of("platform", &PLATFORMS)?.unwrap_or("AliyunLinux").to_owned())
}

/// The page that is meant, counted from 1, and how many items it has at most.
pub(super) fn page(input: Input<'_>, number: &str, size: &str) -> Outcome<(usize, usize)> {
    let read = |name: &str, usual: usize| match input.number(name)? {
        None => Ok(usual),
        Some(given) => {
            let given = usize::try_from(given).ok().filter(|given| *given > 0);
            given.ok_or_else(|| invalid(format!("{name} is at least 1")))
        }
    };
    Ok((read(number, 1)?, read(size, 10)?))
}

/// One of the members must be there.
pub(super) fn first<'a>(texts: &'a [String], name: &str) -> Outcome<&'a str> {
    let first = texts.iter().map(String::as_str).find(|text| !text.is_empty());
    first.ok_or_else(|| Reason::Missing.because(format!("{name} must name at least one")))
}
