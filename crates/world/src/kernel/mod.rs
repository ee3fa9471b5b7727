//! What every engine needs and no cloud changes: time, identifiers, tables, planned events, refused rules.

pub mod check;
pub mod engine;
pub mod events;
pub mod failures;
pub mod ids;
pub mod realm;
pub mod save;
pub mod survey;
pub mod table;
pub mod time;
pub mod users;
pub mod violation;

/// World time in milliseconds since 1970.
pub type Millis = u64;

/// One second of world time.
pub const SECOND: Millis = 1_000;
/// One minute of world time.
pub const MINUTE: Millis = 60 * SECOND;
