//! Signatures: pure functions of a request, credentials, time and nonce.
//!
//! Each takes the plain parts of an HTTP request and returns what it signed, stage by stage, so that
//! a server can use the same function to check a signature and to say where the two sides differ.

pub mod acs3;
pub mod acs_roa;
pub mod acs_rpc;
pub mod sdk_hmac_sha256;
pub mod tc3;
pub mod tencent_hmac;
pub mod tencent_v2;

use chrono::{DateTime, NaiveDateTime};
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use zeroize::Zeroize;

/// Compares two signatures in a time that does not tell where they differ.
pub fn equal(left: &str, right: &str) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let differing = left.bytes().zip(right.bytes()).fold(0, |found, (a, b)| found | (a ^ b));
    std::hint::black_box(differing) == 0
}

/// The SHA-256 digest in lower-case hexadecimal digits.
pub fn sha256_hex(data: &[u8]) -> String {
    hex(&Sha256::digest(data))
}

/// A time in UTC by a pattern, or the nearest of the years 0 to 9999.
fn written(timestamp: i64, pattern: &str) -> String {
    let timestamp = timestamp.clamp(-62_167_219_200, 253_402_300_799);
    DateTime::from_timestamp(timestamp, 0).unwrap_or_default().format(pattern).to_string()
}

/// Seconds since 1970 of a time that [`written`] writes in this form.
fn read(text: &str, pattern: &str) -> Option<i64> {
    let timestamp = NaiveDateTime::parse_from_str(text, pattern).ok()?.and_utc().timestamp();
    // The parser takes shorter forms too, which nobody signs.
    (written(timestamp, pattern) == text).then_some(timestamp)
}

fn hmac_sha256(key: &[u8], data: &[u8]) -> [u8; 32] {
    let mut block = key_block(key, |key| Sha256::digest(key).to_vec());
    let mut mac = Hmac::<Sha256>::new(&block.into());
    block.zeroize();
    mac.update(data);
    mac.finalize().into_bytes().into()
}

fn hmac_sha1(key: &[u8], data: &[u8]) -> [u8; 20] {
    let mut block = key_block(key, |key| Sha1::digest(key).to_vec());
    let mut mac = Hmac::<Sha1>::new(&block.into());
    block.zeroize();
    mac.update(data);
    mac.finalize().into_bytes().into()
}

/// The key as HMAC uses it, one block long: a longer one is hashed first, a shorter one padded.
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

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
