//! Digests of content: `sha256:` or `sha512:` and hexadecimal digits.

use sha2::{Digest as _, Sha256, Sha512};
use std::fmt;

/// A hash function of digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    Sha256,
    Sha512,
}

impl Algorithm {
    /// Returns the algorithm of a well-formed digest. `None` if the text is not one.
    pub fn of(digest: &str) -> Option<Self> {
        let (name, hex) = digest.split_once(':')?;
        let algorithm = match name {
            "sha256" => Self::Sha256,
            "sha512" => Self::Sha512,
            _ => return None,
        };
        let digits = hex.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        (digits && hex.len() == algorithm.digits()).then_some(algorithm)
    }

    fn digits(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

/// A digest that is computed while content arrives.
#[derive(Clone)]
pub enum Hashing {
    Sha256(Box<Sha256>),
    Sha512(Box<Sha512>),
}

impl fmt::Debug for Hashing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hashing({:?})", self.algorithm())
    }
}

impl Hashing {
    /// Returns the digest of nothing yet.
    pub fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha256 => Self::Sha256(Box::default()),
            Algorithm::Sha512 => Self::Sha512(Box::default()),
        }
    }

    /// Returns the hash function.
    pub fn algorithm(&self) -> Algorithm {
        match self {
            Self::Sha256(_) => Algorithm::Sha256,
            Self::Sha512(_) => Algorithm::Sha512,
        }
    }

    /// Adds content.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hash) => hash.update(bytes),
            Self::Sha512(hash) => hash.update(bytes),
        }
    }

    /// Returns the digest of all content so far.
    pub fn digest(&self) -> String {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        match self {
            Self::Sha256(hash) => format!("sha256:{}", hex(&hash.as_ref().clone().finalize())),
            Self::Sha512(hash) => format!("sha512:{}", hex(&hash.as_ref().clone().finalize())),
        }
    }
}

/// Returns the digest of content.
pub fn digest_of(algorithm: Algorithm, bytes: &[u8]) -> String {
    let mut hashing = Hashing::new(algorithm);
    hashing.update(bytes);
    hashing.digest()
}

#[cfg(test)]
mod tests;
