//! Errors in XML, for gateways that answer so whatever was asked for.

use quick_xml::Reader;
use quick_xml::events::Event;

/// What an error in XML says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct XmlError {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) host: Option<String>,
}

/// Reads `<Error><Code>..</Code><Message>..</Message>..</Error>`, in whatever order and whatever else is in it.
/// None when the text is no XML or tells neither a code nor a message.
pub(super) fn read(text: &[u8]) -> Option<XmlError> {
    let text = std::str::from_utf8(text.trim_ascii()).ok()?;
    if !text.starts_with('<') {
        return None;
    }
    let mut reader = Reader::from_str(text);
    let (mut found, mut depth, mut value) = (XmlError::default(), 0_usize, String::new());
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                depth += 1;
                value.clear();
                // A page for people begins so too.
                if depth == 1 && start.local_name().as_ref().eq_ignore_ascii_case(b"html") {
                    return None;
                }
            }
            Event::Text(text) => value.push_str(&text.decode().ok()?),
            Event::CData(text) => value.push_str(&text.decode().ok()?),
            Event::GeneralRef(entity) => match entity.resolve_char_ref().ok()? {
                Some(character) => value.push(character),
                None => value.push_str(named(&entity.decode().ok()?)?),
            },
            Event::End(end) => {
                if depth == 2 {
                    let place = match end.local_name().as_ref() {
                        b"Code" => Some(&mut found.code),
                        b"Message" => Some(&mut found.message),
                        b"RequestId" => Some(&mut found.request_id),
                        b"HostId" => Some(&mut found.host),
                        _ => None,
                    };
                    let value = value.trim();
                    if let Some(place) = place.filter(|_| !value.is_empty()) {
                        place.get_or_insert_with(|| value.to_owned());
                    }
                }
                value.clear();
                depth = depth.checked_sub(1)?;
            }
            Event::Eof => break,
            _ => {}
        }
    }
    (depth == 0 && (found.code.is_some() || found.message.is_some())).then_some(found)
}

/// The five that XML knows without a declaration.
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
        };
        assert_eq!(read(text.as_bytes()).unwrap(), expected);
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
