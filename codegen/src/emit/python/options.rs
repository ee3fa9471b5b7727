//! Python types of connection options.

use crate::emit::options::file::{Entry, Kind};
use crate::emit::options::table::Family;

/// Returns the type of the argument.
pub(super) fn ty(entry: &Entry, family: &Family) -> String {
    let plain = match entry.kind {
        Kind::Text | Kind::Url | Kind::Proxy => "str",
        Kind::Secret => "str | Secret",
        Kind::Bool | Kind::NoProxy => "bool",
        Kind::Seconds => "float",
        Kind::Whole => "int",
        Kind::Credentials => "Credentials | CredentialsDict | Callable[[], Credentials]",
        Kind::Pem | Kind::Path => "str | Sequence[str]",
        Kind::Headers | Kind::Addresses => "Mapping[str, str]",
        Kind::Object | Kind::Interface => entry.python.as_deref().unwrap_or("Mapping[str, Any]"),
        Kind::Word => {
            let words = entry.words_of(family).into_iter().map(|(word, _)| format!("\"{word}\""));
            return format!("Literal[{}]", words.collect::<Vec<_>>().join(", "));
        }
    };
    plain.to_owned()
}
