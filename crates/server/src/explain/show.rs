//! An explanation for people, with what both sides signed side by side.

use super::Explanation;
use crate::doctor::Diagnosis;
use std::fmt::{self, Write};

/// Characters of a column.
const COLUMN: usize = 58;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        writeln!(out, "Signature: {} ({})", self.verdict.word().replace('_', " "), self.signature_method)?;
        let named = [self.product.unwrap_or_default(), &self.operation];
        let named: Vec<&str> = named.into_iter().filter(|text| !text.is_empty()).collect();
        let separator = if named.is_empty() { "" } else { ", " };
        writeln!(out, "Request:   {}{separator}{} {}", named.join(" "), self.method, self.target)?;
        if let Some(key) = &self.key {
            writeln!(out, "Key:       {key}")?;
        }
        if let Some(code) = &self.code {
            writeln!(out, "Refusal:   {code}")?;
        }
        if let Some(diagnosis) = &self.diagnosis {
            writeln!(out, "Cause:     {}", diagnosis.cause)?;
            if !diagnosis.difference.is_empty() {
                writeln!(out, "           {}", diagnosis.difference)?;
            }
            strings(&mut out, diagnosis)?;
        }
        f.write_str(out.trim_end())
    }
}

/// Writes what both sides signed.
fn strings(out: &mut String, diagnosis: &Diagnosis) -> fmt::Result {
    let server = diagnosis.server_signed.as_str();
    if server.is_empty() {
        return Ok(());
    }
    let Some(client) = &diagnosis.client_signed else {
        writeln!(out, "\nThe server signed:")?;
        return server.lines().try_for_each(|line| writeln!(out, "  {}", clean(line)));
    };
    writeln!(out, "\n  {:COLUMN$} | The client signed", "The server signed")?;
    writeln!(out, "  {:-<COLUMN$}-+-{:-<COLUMN$}", "", "")?;
    let (mut left, mut right) = (server.lines(), client.lines());
    loop {
        let (one, two) = (left.next(), right.next());
        if one.is_none() && two.is_none() {
            return Ok(());
        }
        let mark = if one == two { ' ' } else { '!' };
        let (one, two) = (wrapped(one.unwrap_or_default()), wrapped(two.unwrap_or_default()));
        for at in 0..one.len().max(two.len()) {
            let part = |parts: &[String]| parts.get(at).cloned().unwrap_or_default();
            let line = format!("{mark} {:COLUMN$} | {}", part(&one), part(&two));
            writeln!(out, "{}", line.trim_end())?;
        }
    }
}

/// A line without characters that a terminal would obey.
fn clean(line: &str) -> String {
    line.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).collect()
}

/// A line in parts that fit into a column.
fn wrapped(line: &str) -> Vec<String> {
    let characters: Vec<char> = clean(line).chars().collect();
    if characters.is_empty() {
        return vec![String::new()];
    }
    characters.chunks(COLUMN).map(|part| part.iter().collect()).collect()
}
