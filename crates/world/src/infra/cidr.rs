//! IPv4 address ranges.

use crate::kernel::violation::{Reason, Violation};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::net::Ipv4Addr;

/// An IPv4 address range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cidr {
    first: u32,
    bits: u8,
}

/// The ranges that are nobody's on the Internet.
const PRIVATE: [Cidr; 3] = [
    Cidr { first: 0x0a00_0000, bits: 8 },
    Cidr { first: 0xac10_0000, bits: 12 },
    Cidr { first: 0xc0a8_0000, bits: 16 },
];

impl Cidr {
    /// The range of the one address that no one has.
    pub const NOTHING: Self = Self { first: 0, bits: 32 };

    /// Reads `10.1.0.0/14`. An address inside the range stands for the range, as in the documents' own examples.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let unreadable =
            || Reason::RangeUnreadable.because(format!("`{text}` is not an address range such as 172.16.0.0/16"));
        let (address, bits) = text.split_once('/').ok_or_else(unreadable)?;
        let address: Ipv4Addr = address.parse().map_err(|_| unreadable())?;
        let bits: u8 = bits.parse().map_err(|_| unreadable())?;
        if bits > 32 {
            return Err(unreadable());
        }
        Ok(Self { first: u32::from(address) & mask(bits), bits })
    }

    /// The range of that prefix length around the address.
    pub fn new(address: Ipv4Addr, bits: u8) -> Self {
        let bits = bits.min(32);
        Self { first: u32::from(address) & mask(bits), bits }
    }

    /// How many addresses the range has.
    pub fn size(self) -> u64 {
        1 << (32 - self.bits)
    }

    /// Length of the prefix.
    pub fn bits(self) -> u8 {
        self.bits
    }

    /// Whether the two ranges have an address in common.
    pub fn overlaps(self, other: Self) -> bool {
        let mask = mask(self.bits.min(other.bits));
        self.first & mask == other.first & mask
    }

    /// Whether all of `other` lies in this range.
    pub fn contains(self, other: Self) -> bool {
        self.bits <= other.bits && other.first & mask(self.bits) == self.first
    }

    /// Whether the range is a private one.
    pub fn is_private(self) -> bool {
        PRIVATE.iter().any(|range| range.contains(self))
    }

    /// The address at that place in the range.
    pub fn address(self, place: u64) -> Ipv4Addr {
        Ipv4Addr::from(self.first.wrapping_add((place % self.size()) as u32))
    }
}

fn mask(bits: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0)
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Ipv4Addr::from(self.first), self.bits)
    }
}

/// A range is saved as its text.
impl Serialize for Cidr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cidr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(|violation| de::Error::custom(violation.message))
    }
}

#[cfg(test)]
mod tests;
