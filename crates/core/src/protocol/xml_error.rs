//! Errors in XML, from gateways that use it for all requests.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Contents of an error in XML.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct XmlError {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) host: Option<String>,
    /// Missing permission: names and values.
    pub(super) denied: Vec<(String, String)>,
}

impl XmlError {
    fn take(&mut self, name: &str, parent: &str, depth: usize, value: &str) {
        if parent.eq_ignore_ascii_case("AccessDeniedDetail") {
            if !name.eq_ignore_ascii_case("EncodedDiagnosticMessage") {
                self.denied.push((name.to_owned(), value.to_owned()));
            }
            return;
        }
        // In the root, or in an `Error` in the root.
        if depth != 2 && !(depth == 3 && parent.eq_ignore_ascii_case("Error")) {
            return;
        }
        let place = match name.to_ascii_lowercase().as_str() {
            "code" | "asapierrorcode" => &mut self.code,
            "message" | "asapierrormessage" => &mut self.message,
            "requestid" | "asapirequestid" => &mut self.request_id,
            "hostid" => &mut self.host,
            _ => return,
        };
        place.get_or_insert_with(|| value.to_owned());
    }
}

/// Reads `<Error><Code>..</Code><Message>..</Message>..</Error>`, in any order and with any other elements. Returns
/// `None` if the text is not XML or contains neither a code nor a message.
pub(super) fn read(text: &[u8]) -> Option<XmlError> {
    /// Maximum depth of elements; none of these errors has more than four levels.
    const DEPTH: usize = 64;
    let text = std::str::from_utf8(text.trim_ascii()).ok()?;
    if !text.starts_with('<') {
        return None;
    }
    let mut reader = Reader::from_str(text);
    let (mut found, mut open, mut value) = (XmlError::default(), Vec::<String>::new(), String::new());
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                value.clear();
                let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
                // An HTML page starts in the same way.
                if open.is_empty() && name.eq_ignore_ascii_case("html") || open.len() == DEPTH {
                    return None;
                }
                open.push(name);
            }
            Event::Text(text) => value.push_str(&text.decode().ok()?),
            Event::CData(text) => value.push_str(&text.decode().ok()?),
            Event::GeneralRef(entity) => match entity.resolve_char_ref().ok()? {
                Some(character) => value.push(character),
                None => value.push_str(named(&entity.decode().ok()?)?),
            },
            Event::End(_) => {
                let depth = open.len();
                let name = open.pop()?;
                let said = value.trim();
                if !said.is_empty() {
                    found.take(&name, open.last().map_or("", String::as_str), depth, said);
                }
                value.clear();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    (open.is_empty() && (found.code.is_some() || found.message.is_some())).then_some(found)
}

/// Returns the character of one of the five entities that XML predefines.
fn named(entity: &str) -> Option<&'static str> {
    Some(match entity {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_error() {
        let text = "\u{20}<?xml version='1.0' encoding='UTF-8'?>\n<Error>\n<RequestId>R-1</RequestId><HostId> cs </HostId>\
                    <Code>Throttling.User</Code><Message>a &lt;b&gt; &amp; &#x96c6;<![CDATA[ <c>]]></Message>\
                    <Deep><Code>other</Code></Deep><Empty/><Code>second</Code></Error>\n";
        let some = |text: &str| Some(text.to_owned());
        let expected = XmlError {
            code: some("Throttling.User"),
            message: some("a <b> & 集 <c>"),
            request_id: some("R-1"),
            host: some("cs"),
            denied: Vec::new(),
        };
        assert_eq!(read(text.as_bytes()).unwrap(), expected);
    }

    #[test]
    fn an_error_within_an_answer_and_what_was_denied() {
        let text = "<ErrorResponse><Error><Type>Sender</Type><Code>NoPermission</Code><Message>no</Message>\
                    <AccessDeniedDetail><AuthAction>cs:GetClusters</AuthAction>\
                    <EncodedDiagnosticMessage>AQ</EncodedDiagnosticMessage></AccessDeniedDetail></Error>\
                    <RequestId>R</RequestId></ErrorResponse>";
        let error = read(text.as_bytes()).unwrap();
        assert_eq!((error.code.as_deref(), error.message.as_deref()), (Some("NoPermission"), Some("no")));
        assert_eq!(error.request_id.as_deref(), Some("R"));
        assert_eq!(error.denied, [("AuthAction".to_owned(), "cs:GetClusters".to_owned())]);
    }

    #[test]
    fn what_is_no_error() {
        for text in [
            "",
            "{}",
            "<",
            "<Error>",
            "<Error></Error>",
            "<Error><Code></Code></Error>",
            "<html><Code>a</Code></html>",
            "<Error><Code>a</Error>",
            "<Error><Code>a</Code>",
            "<Error><Code>&bomb;</Code></Error>",
            "</Error>",
            "<Code>a</Code>",
        ] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
        assert_eq!(read(b"<Error><Code>\xff</Code></Error>"), None);
        let deep = "<a>".repeat(100_000);
        assert_eq!(read(deep.as_bytes()), None);
    }
}
