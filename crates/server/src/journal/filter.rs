//! Which entries of the journal a reader wants.

use super::entry::{Entry, Outcome};
use percent_encoding::percent_decode_str;

/// Entries that are returned if a query does not limit them.
const DEFAULT_LIMIT: usize = 1_000;

/// A selection of entries: those that have everything that is set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Filter {
    /// The product.
    pub product: Option<String>,
    /// The operation.
    pub operation: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// The error code of the answer.
    pub code: Option<String>,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    /// How the request ended.
    pub outcome: Option<Outcome>,
    /// The sequence number of the first entry.
    pub since: Option<u64>,
    /// How many entries at most: with `since` the oldest of them, else the newest.
    pub limit: Option<usize>,
}

/// A query that selects no entries, because it cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
#[non_exhaustive]
pub struct FilterError {
    /// The member of the query.
    pub field: String,
    /// What is wrong, and what is expected.
    pub message: String,
}

impl FilterError {
    fn new(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.to_owned(), message: message.into() }
    }
}

impl Filter {
    /// Creates a filter that selects every entry.
    pub fn new() -> Self {
        Self::default()
    }

    /// Selects one operation.
    #[must_use]
    pub fn operation(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// Selects one product.
    #[must_use]
    pub fn product(mut self, product: impl Into<String>) -> Self {
        self.product = Some(product.into());
        self
    }

    /// Selects entries by how they ended.
    #[must_use]
    pub fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = Some(outcome);
        self
    }

    /// Selects entries from that sequence number on.
    #[must_use]
    pub fn since(mut self, sequence: u64) -> Self {
        self.since = Some(sequence);
        self
    }

    /// Limits how many entries are returned.
    #[must_use]
    pub fn limit(mut self, entries: usize) -> Self {
        self.limit = Some(entries);
        self
    }

    /// Reads the query of a URL: `product`, `operation`, `account`, `code`, `status`, `outcome`, `since` and `limit`, which is
    /// 1,000 by default. `cloud`, which selects a journal and not its entries, is ignored.
    ///
    /// # Errors
    /// Names the member that is unknown, repeated, or has no such value.
    pub fn from_query(query: &str) -> Result<Self, FilterError> {
        let mut filter = Self { limit: Some(DEFAULT_LIMIT), ..Self::default() };
        let mut read: Vec<String> = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decoded(name)?, decoded(value)?);
            if read.contains(&name) {
                return Err(FilterError::new(&name, "it is given twice"));
            }
            match name.as_str() {
                "product" => filter.product = Some(value),
                "operation" => filter.operation = Some(value),
                "account" => filter.account = Some(value),
                "code" => filter.code = Some(value),
                "status" => filter.status = Some(number(&name, &value)?),
                "outcome" => filter.outcome = Some(outcome(&name, &value)?),
                "since" => filter.since = Some(number(&name, &value)?),
                "limit" => filter.limit = Some(number(&name, &value)?),
                "cloud" => {}
                _ => {
                    let known = "product, operation, account, code, status, outcome, since and limit";
                    return Err(FilterError::new(&name, format!("there is no such filter; there are {known}")));
                }
            }
            read.push(name);
        }
        Ok(filter)
    }

    /// Returns whether the filter selects an entry, apart from its limit.
    pub fn matches(&self, entry: &Entry) -> bool {
        let is = |wanted: &Option<String>, there: Option<&str>| wanted.is_none() || wanted.as_deref() == there;
        is(&self.product, entry.product)
            && is(&self.operation, Some(&entry.operation))
            && is(&self.account, entry.account.as_deref())
            && is(&self.code, entry.code.as_deref())
            && self.status.is_none_or(|status| entry.status == Some(status))
            && self.outcome.is_none_or(|outcome| entry.outcome() == outcome)
            && self.since.is_none_or(|since| entry.sequence >= since)
    }
}

fn decoded(text: &str) -> Result<String, FilterError> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().map(|text| text.into_owned());
    decoded.map_err(|_| FilterError::new("query", "it is not encoded in UTF-8"))
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, FilterError> {
    value.parse().map_err(|_| FilterError::new(name, format!("`{}` is not a number that it can have", shown(value))))
}

fn outcome(name: &str, value: &str) -> Result<Outcome, FilterError> {
    Outcome::ALL.into_iter().find(|outcome| outcome.word() == value).ok_or_else(|| {
        let known = Outcome::ALL.map(Outcome::word).join(", ");
        FilterError::new(name, format!("`{}` is none of {known}", shown(value)))
    })
}

/// A value as far as an error repeats it.
fn shown(value: &str) -> String {
    super::size::shortened(value, 80).unwrap_or_else(|| value.to_owned())
}

#[cfg(test)]
mod tests;
