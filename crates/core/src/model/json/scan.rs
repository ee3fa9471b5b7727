//! The tokens of a JSON text. Numbers and values that are skipped are given as they stand in it.

use std::borrow::Cow;
use std::str::FromStr;

/// Where a text stops being JSON: at [`Scan::at`].
#[derive(Debug)]
pub(super) struct Broken;

/// A place in a JSON text.
#[derive(Debug)]
pub(super) struct Scan<'t> {
    text: &'t str,
    at: usize,
    /// A string had half of a pair of surrogates, which was read as U+FFFD. Whoever looks resets it.
    pub(super) halved: bool,
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, halved: false }
    }

    /// Bytes before the place.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes back to a place, or on to it.
    pub(super) fn go(&mut self, at: usize) {
        self.at = at;
    }

    /// The line and the column of the place, from 1.
    pub(super) fn line_and_column(&self) -> (usize, usize) {
        let before = self.text.as_bytes().get(..self.at).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        (line, before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1)
    }

    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// The next byte that is not white space; `None` at the end.
    pub(super) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// Takes that byte, if it is the next one.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, byte: u8) -> Result<(), Broken> {
        if self.eat(byte) { Ok(()) } else { Err(Broken) }
    }

    /// Takes a word (`null`, `true`).
    pub(super) fn word(&mut self, word: &str) -> Result<(), Broken> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(Broken);
        }
        self.at += word.len();
        Ok(())
    }

    /// After an item: whether another one follows. The list or object ends with `close`.
    pub(super) fn more(&mut self, close: u8) -> Result<bool, Broken> {
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(false)
            }
            _ => Err(Broken),
        }
    }

    /// The name of a member, and the colon behind it.
    pub(super) fn name(&mut self) -> Result<Cow<'t, str>, Broken> {
        self.peek();
        let name = self.string()?;
        self.expect(b':')?;
        Ok(name)
    }

    /// A string, which begins here.
    pub(super) fn string(&mut self) -> Result<Cow<'t, str>, Broken> {
        self.expect(b'"')?;
        let start = self.at;
        self.at += plain_bytes(self.rest());
        let plain = self.text.get(start..self.at).ok_or(Broken)?;
        if self.rest().first() == Some(&b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        let mut whole = plain.to_owned();
        loop {
            match self.rest().first().ok_or(Broken)? {
                b'"' => {
                    self.at += 1;
                    return Ok(Cow::Owned(whole));
                }
                b'\\' => {
                    self.at += 1;
                    whole.push(self.escaped()?);
                }
                _ => {
                    let start = self.at;
                    self.at += plain_bytes(self.rest());
                    whole.push_str(self.text.get(start..self.at).ok_or(Broken)?);
                }
            }
        }
    }

    /// What a backslash announces.
    fn escaped(&mut self) -> Result<char, Broken> {
        let letter = *self.rest().first().ok_or(Broken)?;
        self.at += 1;
        Ok(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.surrogates(),
            _ => {
                self.at -= 1;
                return Err(Broken);
            }
        })
    }

    fn surrogates(&mut self) -> Result<char, Broken> {
        let first = self.four_digits()?;
        if let Some(plain) = char::from_u32(first) {
            return Ok(plain);
        }
        if first < 0xdc00 && self.rest().starts_with(b"\\u") {
            let before = self.at;
            self.at += 2;
            let second = self.four_digits()?;
            let both = (0xdc00..0xe000).contains(&second).then(|| 0x10000 + ((first - 0xd800) << 10) + second - 0xdc00);
            match both.and_then(char::from_u32) {
                Some(character) => return Ok(character),
                None => self.at = before,
            }
        }
        self.halved = true;
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn four_digits(&mut self) -> Result<u32, Broken> {
        let digits = self.rest().get(..4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit)).ok_or(Broken)?;
        self.at += 4;
        Ok(digits.iter().fold(0, |sum, digit| sum * 16 + char::from(*digit).to_digit(16).unwrap_or_default()))
    }

    /// A number, which begins here, as it stands in the text.
    pub(super) fn number(&mut self) -> Result<&'t str, Broken> {
        let start = self.at;
        let here = |scan: &Self| scan.text.as_bytes().get(scan.at).copied();
        let digits = |scan: &mut Self| {
            let from = scan.at;
            while here(scan).is_some_and(|byte| byte.is_ascii_digit()) {
                scan.at += 1;
            }
            if scan.at == from { Err(Broken) } else { Ok(()) }
        };
        self.at += usize::from(here(self) == Some(b'-'));
        if here(self) == Some(b'0') {
            self.at += 1;
        } else {
            digits(self)?;
        }
        if here(self) == Some(b'.') {
            self.at += 1;
            digits(self)?;
        }
        if matches!(here(self), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(here(self), Some(b'+' | b'-')));
            digits(self)?;
        }
        self.text.get(start..self.at).ok_or(Broken)
    }

    /// Skips a value, however deep it is, and gives it as it stands in the text.
    pub(super) fn skip(&mut self) -> Result<&'t str, Broken> {
        self.peek();
        let start = self.at;
        let mut open = Vec::new();
        loop {
            match self.peek().ok_or(Broken)? {
                b'{' => {
                    self.at += 1;
                    if !self.eat(b'}') {
                        open.push(b'}');
                        self.skip_name()?;
                        continue;
                    }
                }
                b'[' => {
                    self.at += 1;
                    if !self.eat(b']') {
                        open.push(b']');
                        continue;
                    }
                }
                _ => self.skip_scalar()?,
            }
            // A value has ended, and with it perhaps what holds it.
            loop {
                let Some(close) = open.last().copied() else {
                    return self.text.get(start..self.at).ok_or(Broken);
                };
                if self.more(close)? {
                    if close == b'}' {
                        self.skip_name()?;
                    }
                    break;
                }
                open.pop();
            }
        }
    }

    fn skip_name(&mut self) -> Result<(), Broken> {
        self.peek();
        self.skip_string()?;
        self.expect(b':')
    }

    fn skip_scalar(&mut self) -> Result<(), Broken> {
        match self.rest().first() {
            Some(b'"') => self.skip_string(),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            _ if self.unwritable() => Ok(()),
            _ => self.number().map(drop),
        }
    }

    /// Takes what some programs write for numbers that JSON cannot say.
    pub(super) fn unwritable(&mut self) -> bool {
        ["NaN", "Infinity", "-Infinity"].iter().any(|word| self.word(word).is_ok())
    }

    fn skip_string(&mut self) -> Result<(), Broken> {
        self.expect(b'"')?;
        loop {
            self.at += plain_bytes(self.rest());
            match self.rest().first().ok_or(Broken)? {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                _ => {
                    self.at += 1;
                    self.escaped()?;
                }
            }
        }
    }
}

/// How many bytes come before a quotation mark or a backslash.
fn plain_bytes(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = ONES << 7;
    // Sets the high bit of the first byte that is `byte`; what comes before stays 0.
    let has = |word: u64, byte: u8| {
        let zero = word ^ (ONES * u64::from(byte));
        zero.wrapping_sub(ONES) & !zero & HIGH
    };
    let mut at = 0;
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let word = u64::from_le_bytes(*eight);
        let hit = has(word, b'"') | has(word, b'\\');
        if hit != 0 {
            return at + (hit.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).unwrap_or(rest.len())
}

/// A number as a text says it, if it says nothing else.
pub(super) fn number_in(text: &str) -> Option<&str> {
    let text = text.trim();
    let digits = text.strip_prefix('+').unwrap_or(text);
    // Texts have leading zeros where numbers have none.
    let plain = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    (plain && f64::from_str(digits).is_ok()).then_some(digits)
}
