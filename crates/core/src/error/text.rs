//! Texts of errors, which come from outside: how long they may be, and what stands for them.

use super::Error;
use std::borrow::Cow;
use std::error::Error as StdError;
use std::sync::Arc;

/// Characters of a message, or of a cause.
pub(super) const MAX_MESSAGE: usize = 2_000;
/// Characters of a code, a request id or the name of a field.
pub(super) const MAX_NAME: usize = 200;

/// Characters that are searched for secrets, at most: what is behind them is never shown.
const SEARCHED: usize = 10 * MAX_MESSAGE;

/// The text, or its beginning and how long it is. None when it is short enough as it is.
pub(super) fn cut(text: &str, most: usize) -> Option<String> {
    beginning(text, most).map(|beginning| shortened(beginning, text))
}

/// The text with its secrets masked, then cut. None when it stays as it is.
pub(super) fn masked(text: &str, most: usize, mask: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let searched = beginning(text, SEARCHED);
    let Some(masked) = mask(searched.unwrap_or(text)) else { return cut(text, most) };
    match beginning(&masked, most) {
        Some(beginning) => Some(shortened(beginning, text)),
        None if searched.is_some() => Some(shortened(&masked, text)),
        None => Some(masked),
    }
}

/// The first characters of a text that has more.
fn beginning(text: &str, most: usize) -> Option<&str> {
    let (end, _) = text.char_indices().nth(most)?;
    text.get(..end)
}

fn shortened(beginning: &str, text: &str) -> String {
    format!("{beginning}... ({} characters in all)", text.chars().count())
}

/// A code or a request id, cut where it is too long to be one.
pub(crate) fn short_name(name: &str) -> Cow<'_, str> {
    cut(name, MAX_NAME).map_or(Cow::Borrowed(name), Cow::Owned)
}

/// A cause of which only the text is kept.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
struct Cause {
    text: String,
    source: Option<Box<Cause>>,
}

type Source = Arc<dyn StdError + Send + Sync>;

/// The cause as it is when its texts are clean and short; otherwise a copy of its texts.
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
