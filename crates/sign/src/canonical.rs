//! Canonical formats that the schemes share: the percent-encoder, queries and headers.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Escaped characters: all but the unreserved ones of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~');

/// Escapes all but letters, digits and `_.-~`, with upper-case digits and a blank as `%20`.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
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
    let mut sorted = parameters.to_vec();
    sorted.sort_unstable();
    sorted.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}

/// Encodes a path again: each segment is decoded and encoded.
///
/// For servers that check a signature, where a proxy may have written escapes differently.
pub fn path(path: &str) -> String {
    path.split('/').map(|part| encode(&decode(part))).collect::<Vec<_>>().join("/")
}

/// Sorts headers by name and value. Names are in lower case, values without surrounding white space and as `value`
/// writes them.
pub(crate) fn headers(headers: &[(&str, &str)], value: fn(&str) -> String) -> Vec<(String, String)> {
    let mut sorted: Vec<_> =
        headers.iter().map(|(name, text)| (name.trim().to_ascii_lowercase(), value(text.trim()))).collect();
    sorted.sort();
    sorted
}

/// Writes one line per header.
pub(crate) fn lines(headers: &[(String, String)]) -> String {
    headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect()
}

/// Returns the names of headers, joined.
pub(crate) fn names(headers: &[(String, String)]) -> String {
    headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";")
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
    fn what_is_encoded_is_read_back() {
        for text in ["", "a b+c/d", "集群~_.-", "%20", "\0\u{7f}\"\\"] {
            assert_eq!(decode(&encode(text)), text);
            assert_eq!(pieces(text).collect::<String>(), encode(text));
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
