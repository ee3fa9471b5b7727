//! Canonical formats that the schemes share: the percent-encoder, queries and headers.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::borrow::Cow;
use std::cmp::Ordering;

/// Escaped characters: all but the unreserved ones of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~');

/// Escapes all but letters, digits and `_.-~`, with upper-case digits and a blank as `%20`.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_encoded(&mut out, text);
    out
}

/// Appends the output of [`encode`].
pub(crate) fn push_encoded(out: &mut String, text: &str) {
    push_forms(out, text, &ENCODED);
}

/// Appends the output of [`encode`] with `+` instead of `%20`, as forms have it.
pub fn push_form(out: &mut String, text: &str) {
    push_forms(out, text, &ENCODED_IN_FORMS);
}

/// Returns the length of the output of [`encode`].
pub fn encoded_len(text: &str) -> usize {
    text.bytes().map(|byte| if is_unreserved(byte) { 1 } else { 3 }).sum()
}

/// Appends the forms of all bytes. Unreserved characters are their own forms.
fn push_forms(out: &mut String, text: &str, forms: &[Form; 256]) {
    if text.bytes().fold(true, |all, byte| all & is_unreserved(byte)) {
        out.push_str(text);
    } else if text.len() <= 32 {
        push_blocks::<32, 255, { 255 + FORM }>(out, text, forms, [0; 255 + FORM]);
    } else {
        push_blocks::<192, 1023, { 1023 + FORM }>(out, text, forms, [0; 1023 + FORM]);
    }
}

/// Appends the forms of all bytes, in blocks of `BLOCK` bytes. `LAST` is at least the length of the longest form of a block.
fn push_blocks<const BLOCK: usize, const LAST: usize, const ROOM: usize>(
    out: &mut String,
    text: &str,
    forms: &[Form; 256],
    mut encoded: [u8; ROOM],
) {
    const { assert!(BLOCK * LONGEST <= LAST && LAST + FORM <= ROOM) };
    for block in text.as_bytes().chunks(BLOCK) {
        let mut end = 0;
        for byte in block {
            let form = &forms[usize::from(*byte)];
            // All bytes of a form are written, and those after its end are overwritten by the next: no branch.
            if let Some(place) = encoded.get_mut(end & LAST..).and_then(<[u8]>::first_chunk_mut) {
                *place = *form;
            }
            end += usize::from(form[FORM - 1]);
        }
        out.push_str(encoded.get(..end).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default());
    }
}

/// Number of bytes of a [`Form`].
const FORM: usize = 8;
/// Length of the longest form: an escape whose percent sign is an escape.
const LONGEST: usize = 5;

/// A byte as it is written, and in the last byte the length.
type Form = [u8; FORM];

/// For each byte, its encoded form: the character itself, or its escape.
static ENCODED: [Form; 256] = forms(false);
/// For each byte, its encoded form in a form.
static ENCODED_IN_FORMS: [Form; 256] = {
    let mut table = forms(false);
    table[b' ' as usize] = [b'+', 0, 0, 0, 0, 0, 0, 1];
    table
};
/// For each byte, the encoded form of its encoded form.
static ENCODED_TWICE: [Form; 256] = forms(true);

const fn forms(twice: bool) -> [Form; 256] {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut table = [[0; FORM]; 256];
    let mut byte = 0;
    while byte < 256 {
        let (high, low) = (DIGITS[byte >> 4], DIGITS[byte & 0xf]);
        table[byte] = if is_unreserved(byte as u8) {
            [byte as u8, 0, 0, 0, 0, 0, 0, 1]
        } else if twice {
            [b'%', b'2', b'5', high, low, 0, 0, 5]
        } else {
            [b'%', high, low, 0, 0, 0, 0, 3]
        };
        byte += 1;
    }
    table
}

/// Returns whether a byte is an unreserved character of RFC 3986.
const fn is_unreserved(byte: u8) -> bool {
    let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let digit = byte.wrapping_sub(b'0') < 10;
    letter | digit | (byte == b'_') | (byte == b'.') | (byte == b'-') | (byte == b'~')
}

/// Returns the output of [`encode`] piece by piece: runs of plain characters and single escapes such as `%20`.
pub fn pieces(text: &str) -> impl Iterator<Item = &str> {
    utf8_percent_encode(text, ESCAPED)
}

/// Decodes escapes. Invalid UTF-8 is replaced, and invalid escapes are left unchanged.
pub fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Writes a query. Parameters are sorted by name and value before they are encoded.
pub fn query(parameters: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(query_len(parameters));
    push_query(&mut out, parameters);
    out
}

/// Appends the output of [`query`].
pub(crate) fn push_query(out: &mut String, parameters: &[(&str, &str)]) {
    push_sorted_query(out, &sorted(parameters.to_vec()));
}

/// Sorts parameters by name and value.
pub(crate) fn sorted<'a>(parameters: Vec<(&'a str, &'a str)>) -> Vec<(&'a str, &'a str)> {
    sorted_by(parameters, |left, right| left.cmp(right))
}

/// Sorts parameters. Equal ones stay in their order. All schemes use this sort, because each other one is code of 10 kB.
pub(crate) fn sorted_by<'a>(
    mut parameters: Vec<(&'a str, &'a str)>,
    order: fn(&(&str, &str), &(&str, &str)) -> Ordering,
) -> Vec<(&'a str, &'a str)> {
    parameters.sort_by(order);
    parameters
}

/// Appends the output of [`query`] for parameters that are sorted.
pub(crate) fn push_sorted_query(out: &mut String, sorted: &[(&str, &str)]) {
    push_pairs(out, sorted, ["&", "="], &ENCODED);
}

/// Appends the output of [`query`] for parameters that are sorted, encoded once more.
pub(crate) fn push_sorted_query_encoded(out: &mut String, sorted: &[(&str, &str)]) {
    push_pairs(out, sorted, ["%26", "%3D"], &ENCODED_TWICE);
}

fn push_pairs(out: &mut String, sorted: &[(&str, &str)], [between, equals]: [&str; 2], forms: &[Form; 256]) {
    for (at, (name, value)) in sorted.iter().enumerate() {
        if at > 0 {
            out.push_str(between);
        }
        push_forms(out, name, forms);
        out.push_str(equals);
        push_forms(out, value, forms);
    }
}

/// Returns the number of bytes of a query that has nothing to escape.
pub(crate) fn query_len(parameters: &[(&str, &str)]) -> usize {
    parameters.iter().map(|(name, value)| name.len() + value.len() + 2).sum()
}

/// Encodes a path again: each segment is decoded and encoded.
///
/// For servers that check a signature, where a proxy may have written escapes differently.
pub fn path(path: &str) -> String {
    path.split('/').map(|part| encode(&decode(part))).collect::<Vec<_>>().join("/")
}

/// Header as it is signed: name and value.
pub(crate) type Line<'a> = (Cow<'a, str>, Cow<'a, str>);

/// Sorts headers by name and value. Names are in lower case, values without surrounding white space and as `value`
/// writes them.
pub(crate) fn headers<'a>(headers: &[(&'a str, &'a str)], value: fn(&'a str) -> Cow<'a, str>) -> Vec<Line<'a>> {
    let mut sorted = Vec::with_capacity(headers.len());
    for (name, text) in headers {
        insert(&mut sorted, (lower(name.trim()), value(text.trim())));
    }
    sorted
}

/// Inserts a header into a sorted list. Requests have few headers.
pub(crate) fn insert<'a>(sorted: &mut Vec<Line<'a>>, line: Line<'a>) {
    let at = sorted.partition_point(|known| *known <= line);
    sorted.insert(at, line);
}

/// Returns the name of a header in lower case.
pub(crate) fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().fold(false, |any, byte| any | byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// Appends one line per header.
pub(crate) fn push_lines(out: &mut String, headers: &[Line<'_>]) {
    for (name, value) in headers {
        for part in [name, ":", value, "\n"] {
            out.push_str(part);
        }
    }
}

/// Appends the names of headers, joined.
pub(crate) fn push_names(out: &mut String, headers: &[Line<'_>]) {
    for (at, (name, _)) in headers.iter().enumerate() {
        if at > 0 {
            out.push(';');
        }
        out.push_str(name);
    }
}

/// Returns the number of bytes of the lines and twice the names.
pub(crate) fn headers_len(headers: &[Line<'_>]) -> usize {
    headers.iter().map(|(name, value)| 3 * name.len() + value.len() + 4).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_sorted_before_it_is_encoded() {
        let parameters = [("b", "2"), ("a", "z"), ("a", "b c+d/e~*"), ("é", ""), ("a-", "1")];
        assert_eq!(query(&parameters), "a=b%20c%2Bd%2Fe~%2A&a=z&a-=1&b=2&%C3%A9=");
        assert_eq!(query(&[]), "");
    }

    #[test]
    fn a_query_is_encoded_once_more() {
        let sorted = [("a", "b c+d/e~*"), ("é", ""), ("é%", "\u{10ffff}-".repeat(40).leak())];
        let (mut once, mut twice) = (String::new(), String::new());
        push_sorted_query(&mut once, &sorted);
        push_sorted_query_encoded(&mut twice, &sorted);
        assert_eq!(twice, pieces(&once).collect::<String>());
        assert!(twice.starts_with("a%3Db%2520c%252Bd%252Fe~%252A%26%25C3%25A9%3D%26"), "{twice}");
    }

    #[test]
    fn what_is_encoded_is_read_back() {
        for text in ["", "a b+c/d", "集群~_.-", "%20", "\0\u{7f}\"\\"] {
            assert_eq!(decode(&encode(text)), text);
            assert_eq!(pieces(text).collect::<String>(), encode(text));
            assert_eq!(encoded_len(text), encode(text).len());
            let mut form = String::new();
            push_form(&mut form, text);
            assert_eq!(form, encode(text).replace("%20", "+"));
        }
        // Blocks of plain characters, and escapes at every place in them.
        for at in 0..70 {
            for odd in ["é", " ", "%&", "\u{10ffff}+"] {
                let text = format!("{}{odd}{}", "a".repeat(at), "~z".repeat(40));
                assert_eq!(pieces(&text).collect::<String>(), encode(&text));
            }
        }
        assert_eq!(decode("%zz%"), "%zz%");
        assert_eq!(decode("%ff"), "\u{fffd}");
    }

    #[test]
    fn paths() {
        for (given, expected) in
            [("/", "/"), ("/a/%e9%9b%86 /x%2Fy", "/a/%E9%9B%86%20/x%2Fy"), ("/~a*/", "/~a%2A/"), ("/%zz", "/%25zz")]
        {
            assert_eq!(path(given), expected);
        }
    }
}
