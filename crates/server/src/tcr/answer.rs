//! How TCR writes times.

use wharf_world::Millis;
pub(super) use wharf_world::kernel::time::local as local_time;

/// A local time with its zone behind it.
pub(super) fn zoned_time(moment: Millis) -> String {
    format!("{} +0800 CST", local_time(moment))
}

/// The whole days since that moment.
pub(super) fn age_in_days(moment: Millis, now: Millis) -> String {
    (now.saturating_sub(moment) / (24 * 60 * 60 * 1_000)).to_string()
}

#[cfg(test)]
mod tests;
