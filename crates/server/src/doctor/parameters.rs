//! The text of schemes that sign parameters: their order, their encoding, and what is often wrong with both.

use super::variants::{Charset, small_escapes};
use super::{LEFT_OUT, Mistake};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use wharf_sign::canonical;

/// The order in which parameters are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Order {
    /// That of their bytes.
    #[default]
    Sorted,
    Sent,
    /// Without regard to capitals.
    Folded,
    /// With numbers in names by their value: `a.2` before `a.10`.
    Numbers,
    Reversed,
}

/// How values are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Encoding {
    /// As the scheme documents it.
    #[default]
    Documented,
    Plain,
    /// Of all but the unreserved characters.
    Percent,
    /// Of forms: a space is `+`.
    Form,
    /// Of forms, with `*` as it is and `~` encoded, as Java's `URLEncoder` writes them.
    Java,
    Small,
    Twice,
    /// With slashes as they are, as Python's `quote` writes them.
    Slashes,
}

/// How the text is put together; by default as documented.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Text {
    pub(super) order: Order,
    pub(super) encoding: Encoding,
    pub(super) charset: Charset,
}

/// Escaped characters of all but the unreserved ones.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~');

impl Text {
    /// The parameters, joined. For schemes that sign plain values, these are documented as plain.
    pub(super) fn join(&self, mut parameters: Vec<(String, String)>, equals: &str) -> String {
        match self.order {
            Order::Sorted => parameters.sort_by(|(one, _), (two, _)| one.cmp(two)),
            Order::Sent => {}
            Order::Folded => parameters.sort_by_key(|(name, _)| name.to_lowercase()),
            Order::Numbers => parameters.sort_by_key(|(name, _)| numbered(name)),
            Order::Reversed => parameters.sort_by(|(one, _), (two, _)| two.cmp(one)),
        }
        let pairs = parameters.iter().map(|(name, value)| format!("{name}{equals}{}", self.encode(value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    fn encode(&self, value: &str) -> String {
        match self.encoding {
            Encoding::Documented | Encoding::Plain => value.to_owned(),
            other => other.escape(value, self.charset),
        }
    }
}

impl Encoding {
    /// The escapes of a text in a charset.
    pub(super) fn escape(self, text: &str, charset: Charset) -> String {
        let escaped = percent_encode(&charset.bytes(text), ESCAPED).to_string();
        match self {
            Self::Plain => text.to_owned(),
            Self::Documented | Self::Percent => escaped,
            Self::Form => escaped.replace("%20", "+"),
            Self::Java => escaped.replace("%20", "+").replace("%2A", "*").replace('~', "%7E"),
            Self::Small => small_escapes(&escaped),
            Self::Twice => canonical::encode(&escaped),
            Self::Slashes => escaped.replace("%2F", "/"),
        }
    }
}

/// A name with its numbers as such.
fn numbered(name: &str) -> Vec<(Option<u64>, String)> {
    name.split('.').map(|part| (part.parse().ok(), part.to_owned())).collect()
}

/// The order and the values of the parameters of a case.
pub(super) type Parts<'a> = (&'a mut Text, &'a mut Vec<(String, String)>);

/// Mistakes with the order and the values of parameters, in all schemes that sign them. `of` is where a case has them.
pub(super) fn text_mistakes<Case: 'static>(out: &mut Vec<Mistake<Case>>, of: fn(&mut Case) -> Parts<'_>) {
    for (order, what) in [
        (Order::Sent, "the parameters were not sorted before they were signed"),
        (Order::Folded, "the parameters were sorted without regard to capitals"),
        (Order::Numbers, "the parameters were sorted with the numbers in their names by value (`a.2` before `a.10`)"),
        (Order::Reversed, "the parameters were sorted in descending order"),
    ] {
        out.push(Mistake::new("order", what, move |case: &mut Case| of(case).0.order = order));
    }
    type Change = fn(&str) -> String;
    let changes: [(&str, Change); 5] = [
        ("spaces were sent as `+` without encoding, and signed as `+`", |value| value.replace(' ', "+")),
        ("plus signs were signed as spaces: a value was decoded before it was signed", |value| value.replace('+', " ")),
        ("the values were signed without the white space around them", |value| value.trim().to_owned()),
        ("the values were signed in small letters", |value| value.to_lowercase()),
        ("the values were signed with line breaks of another system", |value| value.replace('\n', "\r\n")),
    ];
    for (what, change) in changes {
        out.push(Mistake::new("values", what, move |case: &mut Case| {
            for (_, value) in of(case).1 {
                *value = change(value);
            }
        }));
    }
    let empty = "parameters without a value were left out of the signature";
    out.push(Mistake::new("empty", empty, move |case: &mut Case| of(case).1.retain(|(_, value)| !value.is_empty())));
}

/// The parameters that may have been left out, by place, and the clause that names the mistake.
pub(super) fn left_out(parameters: &[(String, String)]) -> Vec<(usize, String)> {
    let what = |name: &str| format!("the parameter `{name}` was left out of the signature");
    parameters.iter().enumerate().take(LEFT_OUT).map(|(at, (name, _))| (at, what(name))).collect()
}
