//! Length limits and masking of the texts of errors, which come from outside.

use super::Error;
use std::borrow::Cow;
use std::error::Error as StdError;
use std::sync::Arc;

/// Maximum length of a message or a cause, in characters.
pub(super) const MAX_MESSAGE: usize = 2_000;
/// Maximum length of a code, a request id or the name of a field, in characters.
pub(super) const MAX_NAME: usize = 200;

/// Number of characters that are searched for secrets. Later characters are never shown.
const SEARCHED: usize = 10 * MAX_MESSAGE;

/// Returns the beginning of the text with its full length, or `None` if it is short enough.
pub(super) fn cut(text: &str, most: usize) -> Option<String> {
    beginning(text, most).map(|beginning| shortened(beginning, text))
}

/// Masks the secrets in a text, then cuts it. Returns `None` if it does not change.
pub(super) fn masked(text: &str, most: usize, mask: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let searched = beginning(text, SEARCHED);
    let Some(masked) = mask(searched.unwrap_or(text)) else { return cut(text, most) };
    match beginning(&masked, most) {
        Some(beginning) => Some(shortened(beginning, text)),
        None if searched.is_some() => Some(shortened(&masked, text)),
        None => Some(masked),
    }
}

/// Returns the first characters of a text, if it is longer.
fn beginning(text: &str, most: usize) -> Option<&str> {
    let (end, _) = text.char_indices().nth(most)?;
    text.get(..end)
}

fn shortened(beginning: &str, text: &str) -> String {
    format!("{beginning}... ({} characters in all)", text.chars().count())
}

/// Returns a code or a request id, cut if it is too long to be one.
pub(crate) fn short_name(name: &str) -> Cow<'_, str> {
    cut(name, MAX_NAME).map_or(Cow::Borrowed(name), Cow::Owned)
}

/// Cause of which only the text is stored.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
struct Cause {
    text: String,
    source: Option<Box<Cause>>,
}

type Source = Arc<dyn StdError + Send + Sync>;

/// Returns the cause itself if its texts are clean and short, otherwise a copy of its texts.
pub(super) fn clean(
    source: Source,
    mask: &dyn Fn(&str) -> Option<String>,
    documented: &dyn Fn(&str) -> bool,
) -> Source {
    if let Some(error) = source.downcast_ref::<Error>() {
        return Arc::new(error.share().map_texts(mask, documented));
    }
    let dirty = |text: String| masked(&text, MAX_MESSAGE, mask).is_some();
    let mut next: Option<&(dyn StdError + 'static)> = Some(&*source);
    let mut unclean = dirty(format!("{source:?}"));
    while let Some(cause) = next {
        unclean |= dirty(cause.to_string());
        next = cause.source();
    }
    if !unclean {
        return source;
    }
    Arc::new(copy(&*source, mask))
}

fn copy(cause: &(dyn StdError + 'static), mask: &dyn Fn(&str) -> Option<String>) -> Cause {
    let text = cause.to_string();
    let text = masked(&text, MAX_MESSAGE, mask).unwrap_or(text);
    Cause { text, source: cause.source().map(|source| Box::new(copy(source, mask))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters_and_its_length_is_said() {
        assert_eq!(cut("abc", 3), None);
        assert_eq!(cut("äöüß", 3).as_deref(), Some("äöü... (4 characters in all)"));
        assert_eq!(cut("", 0), None);
        let mask = |text: &str| text.contains("geheim").then(|| text.replace("geheim", "*"));
        assert_eq!(masked("a geheim", 20, &mask).as_deref(), Some("a *"));
        assert_eq!(masked("a geheim b", 4, &mask).as_deref(), Some("a * ... (10 characters in all)"));
        assert_eq!(masked("plain", 20, &mask), None);
        let long = "x".repeat(SEARCHED + 1);
        assert!(masked(&long, 20, &mask).is_some_and(|text| text.ends_with("xx... (20001 characters in all)")));
    }
}
