//! Operations on the content of enterprise instances.

pub(super) mod images;
pub(super) mod immutable;
pub(super) mod namespaces;
pub(super) mod replication;
pub(super) mod repositories;
pub(super) mod retention;
pub(super) mod service_accounts;
pub(super) mod tokens;
pub(super) mod webhooks;

use super::{Answer, Context, Input, Refused, registry};
use crate::input::Page;
use wharf_world::Millis;
use wharf_world::kernel::violation::Outcome;

/// The path of a repository, as the fields of most operations give it.
fn path(input: Input<'_>) -> Outcome<String> {
    Ok(format!("{}/{}", input.required("NamespaceName")?, input.required("RepositoryName")?))
}

/// The page of operations that count pages from 1.
fn numbered(input: Input<'_>) -> Outcome<Page> {
    input.numbered_page("Page", "PageSize")
}

/// The moment in UTC, as Harbor's clients read it.
fn time(moment: Millis) -> String {
    wharf_world::kernel::time::iso(moment)
}
