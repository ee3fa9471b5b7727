//! Identifiers, addresses and secrets that look random and are the same in every run.

use serde::{Deserialize, Serialize};

/// 36^8: how many identifiers of eight characters there are.
const SPACE: u64 = 2_821_109_907_456;
/// Has no factor in common with 36, so multiplying by it visits every identifier once.
const STEP: u64 = 1_618_033_988_749;

/// Hands out identifiers; none comes twice.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ids {
    given: u64,
}

impl Ids {
    /// The next identifier: the prefix, a hyphen and eight characters.
    pub fn next(&mut self, prefix: &str) -> String {
        self.given += 1;
        let mut number = (u128::from(self.given) * u128::from(STEP) + 1_234_567_891) as u64 % SPACE;
        let mut text = [b'0'; 8];
        for place in text.iter_mut().rev() {
            *place = b"0123456789abcdefghijklmnopqrstuvwxyz"[(number % 36) as usize];
            number /= 36;
        }
        let mut id = String::with_capacity(prefix.len() + 9);
        id.push_str(prefix);
        id.push('-');
        id.extend(text.iter().map(|byte| char::from(*byte)));
        id
    }

    /// The next identifier in the form of a number.
    pub fn number(&mut self) -> u64 {
        self.given += 1;
        self.given
    }

    /// The next identifier in the form of a UUID, as Kubernetes gives them.
    pub fn uuid(&mut self) -> String {
        self.given += 1;
        let text = hexadecimal(&format!("uuid/{}", self.given), 32);
        format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
    }
}

/// A number that depends on every character of the text.
pub fn hash(text: &str) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.bytes() {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    mix(state)
}

/// `length` hexadecimal characters that depend on every character of the text.
pub fn hexadecimal(text: &str, length: usize) -> String {
    let mut state = hash(text);
    let mut digits = String::with_capacity(length + 16);
    while digits.len() < length {
        digits.push_str(&format!("{state:016x}"));
        state = mix(state.wrapping_add(0x9e37_79b9_7f4a_7c15));
    }
    digits.truncate(length);
    digits
}

fn mix(mut state: u64) -> u64 {
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests;
