//! Digests and keyed digests, and how they are written.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

/// Compares two signatures in constant time.
pub fn equal(left: &str, right: &str) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let differing = left.bytes().zip(right.bytes()).fold(0, |found, (a, b)| found | (a ^ b));
    std::hint::black_box(differing) == 0
}

/// Returns the SHA-256 digest in lower-case hexadecimal digits.
pub fn sha256_hex(data: &[u8]) -> String {
    let mut out = String::with_capacity(SHA256_HEX);
    push_sha256(&mut out, data);
    out
}

/// Length of a SHA-256 digest in hexadecimal digits.
pub(crate) const SHA256_HEX: usize = 64;

/// Appends the SHA-256 digest in lower-case hexadecimal digits.
pub(crate) fn push_sha256(out: &mut String, data: &[u8]) {
    push_hex(out, &Sha256::digest(data).into());
}

pub(crate) fn hmac_sha256(key: &[u8], data: &[u8]) -> [u8; 32] {
    keyed_sha256(key).chain_update(data).finalize().into_bytes().into()
}

/// Returns HMAC-SHA256 with a key, before any data. Wiped when dropped.
pub(crate) fn keyed_sha256(key: &[u8]) -> Hmac<Sha256> {
    let mut block = key_block(key, |key| Sha256::digest(key).to_vec());
    let mac = Hmac::<Sha256>::new(&block.into());
    block.zeroize();
    mac
}

pub(crate) fn hmac_sha1(key: &[u8], data: &[u8]) -> [u8; 20] {
    let mut block = key_block(key, |key| Sha1::digest(key).to_vec());
    let mut mac = Hmac::<Sha1>::new(&block.into());
    block.zeroize();
    mac.update(data);
    mac.finalize().into_bytes().into()
}

/// Returns the key as HMAC uses it, one block long: a longer key is hashed first, a shorter one padded.
fn key_block(key: &[u8], digest: fn(&[u8]) -> Vec<u8>) -> [u8; 64] {
    let mut block = [0; 64];
    let mut hashed = if key.len() > block.len() { digest(key) } else { Vec::new() };
    let key = if hashed.is_empty() { key } else { &hashed };
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    hashed.zeroize();
    block
}

/// Appends a digest in lower-case hexadecimal digits.
pub(crate) fn push_hex(out: &mut String, bytes: &[u8; 32]) {
    let digits = bytes.map(|byte| PAIRS[usize::from(byte)]);
    // Digits are ASCII.
    out.push_str(std::str::from_utf8(digits.as_flattened()).unwrap_or_default());
}

/// The two digits of each byte.
static PAIRS: [[u8; 2]; 256] = {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [DIGITS[byte >> 4], DIGITS[byte & 0xf]];
        byte += 1;
    }
    pairs
};

/// Appends the Base64 of a digest.
pub(crate) fn push_base64(out: &mut String, bytes: &[u8]) {
    // Room for 32 bytes, the longest digest.
    let mut text = [0; 44];
    let length = STANDARD.encode_slice(bytes, &mut text).unwrap_or_default();
    // Base64 is ASCII.
    out.push_str(text.get(..length).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default());
}

/// Length of the Base64 of a SHA-1 digest.
#[cfg(any(feature = "acs-roa", test))]
pub(crate) const SHA1_BASE64: usize = 28;

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 4648, section 10, and one of each length that is used.
    #[test]
    fn base64_of_the_standard() {
        let base64 = |bytes: &[u8]| {
            let mut out = String::new();
            push_base64(&mut out, bytes);
            out
        };
        assert_eq!(base64(b"foobar"), "Zm9vYmFy");
        assert_eq!(base64(b"fooba"), "Zm9vYmE=");
        assert_eq!(base64(&[0xff; 20]), format!("{}8=", "/".repeat(26)));
        assert_eq!(base64(&[0; 20]).len(), SHA1_BASE64);
        assert_eq!(base64(&[0; 32]), format!("{}=", "A".repeat(43)));
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn digits() {
        let bytes = std::array::from_fn(|at| at as u8 * 8 + 7);
        let mut out = "x".to_owned();
        push_hex(&mut out, &bytes);
        assert_eq!(out, format!("x{}", hex(&bytes)));
    }

    // RFC 4231, test case 2, and test case 6 with a key longer than a block.
    #[test]
    fn hmac_of_the_standard() {
        assert_eq!(
            hex(&hmac_sha256(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hex(&hmac_sha256(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    // RFC 2202, test cases 2 and 6.
    #[test]
    fn hmac_sha1_of_the_standard() {
        assert_eq!(
            hex(&hmac_sha1(b"Jefe", b"what do ya want for nothing?")),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
        );
        assert_eq!(
            hex(&hmac_sha1(&[0xaa; 80], b"Test Using Larger Than Block-Size Key - Hash Key First")),
            "aa4ae5e15272d00e95705637ce8a3b55ed402112"
        );
    }

    #[test]
    fn compares() {
        assert!(equal("abc", "abc"));
        assert!(equal("", ""));
        assert!(!equal("abc", "abd"));
        assert!(!equal("abc", "abcd"));
        assert!(!equal("abc", "ABC"));
    }
}
