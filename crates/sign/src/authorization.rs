//! The header `Authorization`, for servers that check it.

use crate::Error;
use std::fmt;

/// Parts of an `Authorization` header.
///
/// `Debug` does not show the signature, because the request could be sent again with it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Authorization<'a> {
    /// Identifier of the key.
    pub id: &'a str,
    /// Day of the scope (`2018-10-09`); empty for schemes without a scope.
    pub date: &'a str,
    /// Service of the scope (`tke`); empty for schemes without a scope.
    pub service: &'a str,
    /// Names of the signed headers, as in the header (`content-type;host`); empty for schemes that name none.
    pub signed_headers: &'a str,
    /// The signature.
    pub signature: &'a str,
}

impl fmt::Debug for Authorization<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("id", &self.id)
            .field("date", &self.date)
            .field("service", &self.service)
            .field("signed_headers", &self.signed_headers)
            .finish_non_exhaustive()
    }
}

impl<'a> Authorization<'a> {
    /// Parses `<scheme> <id>=..., SignedHeaders=..., Signature=...`, where `id` is the scheme's name of the key.
    pub(crate) fn parse(header: &'a str, scheme: &'static str, id: &'static str) -> Result<Self, Error> {
        let parts = header.trim().strip_prefix(scheme).and_then(|parts| parts.strip_prefix(' '));
        let parts = parts.ok_or(Error::Scheme { scheme })?;
        let part = |name: &'static str| {
            let mut parts = parts.split(',').map(str::trim);
            let found = parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
            found.ok_or(Error::Part { part: name })
        };
        let (signed_headers, signature) = (part("SignedHeaders")?, part("Signature")?);
        Ok(Self { id: part(id)?, signed_headers, signature, ..Self::default() })
    }
}
