//! The expiry of a certificate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::time::SystemTime;
use wharf_core::model::Timestamp;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
/// Optional version of a certificate.
const VERSION: u8 = 0xa0;

/// Returns the time after which the first certificate of a PEM text is not valid. `None` if it cannot be read.
pub(super) fn expiry(pem: &str) -> Option<SystemTime> {
    let body = pem.split_once(BEGIN)?.1.split_once(END)?.0;
    let body: String = body.chars().filter(|c| !c.is_whitespace()).collect();
    let der = STANDARD.decode(body).ok()?;
    // Certificate { tbsCertificate { version?, serialNumber, signature, issuer, validity { notBefore, notAfter } } }
    let mut certificate = Reader(&der).inside(SEQUENCE)?.inside(SEQUENCE)?;
    if certificate.0.first() == Some(&VERSION) {
        certificate.next(VERSION)?;
    }
    certificate.next(INTEGER)?;
    certificate.next(SEQUENCE)?;
    certificate.next(SEQUENCE)?;
    let mut validity = Reader(certificate.next(SEQUENCE)?);
    validity.any()?;
    let (tag, text) = validity.any()?;
    time(tag, std::str::from_utf8(text).ok()?)
}

/// Reads a time of a certificate: `YYMMDDhhmmssZ` or `YYYYMMDDhhmmssZ`.
fn time(tag: u8, text: &str) -> Option<SystemTime> {
    let digits = text.strip_suffix('Z').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let digits = match (tag, digits.len()) {
        // Two digits are of the years 1950 to 2049.
        (UTC_TIME, 12) => {
            format!("{}{digits}", if digits.starts_with(['5', '6', '7', '8', '9']) { "19" } else { "20" })
        }
        (GENERALIZED_TIME, 14) => digits.to_owned(),
        _ => return None,
    };
    let part = |from: usize, to: usize| digits.get(from..to);
    let (date, clock) = ([part(0, 4)?, part(4, 6)?, part(6, 8)?], [part(8, 10)?, part(10, 12)?, part(12, 14)?]);
    Timestamp::from(format!("{}T{}Z", date.join("-"), clock.join(":"))).parse()
}

/// Reader of DER.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Returns the tag and the content of the next element.
    fn any(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, rest) = self.0.split_first()?;
        let (first, mut rest) = rest.split_first()?;
        let mut length = usize::from(*first);
        if length >= 0x80 {
            let (bytes, after) = rest.split_at_checked(length - 0x80).filter(|(bytes, _)| bytes.len() <= 4)?;
            length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
            rest = after;
        }
        let (content, after) = rest.split_at_checked(length)?;
        self.0 = after;
        Some((*tag, content))
    }

    /// Returns the content of the next element, which has that tag.
    fn next(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.any().filter(|(found, _)| *found == tag).map(|(_, content)| content)
    }

    /// Returns a reader of the content of the next element.
    fn inside(mut self, tag: u8) -> Option<Self> {
        self.next(tag).map(Self)
    }
}
