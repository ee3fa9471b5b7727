//! How TCR writes times, sizes and switches.

use wharf_world::Millis;
pub(super) use wharf_world::kernel::time::local as local_time;

/// The name by which images of the personal edition are pushed and pulled.
pub(super) const SERVER: &str = "ccr.ccs.tencentyun.com";

/// The kind of repository that the personal edition has.
pub(super) const REPOSITORY_TYPE: &str = "QCLOUD HUB";

/// A local time with its zone behind it.
pub(super) fn zoned_time(moment: Millis) -> String {
    format!("{} +0800 CST", local_time(moment))
}

/// Bytes in the largest unit that they fill, to two decimals.
pub(crate) fn readable_size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KB", "MB", "GB", "TB"];
    let mut hundredths = u128::from(bytes) * 100;
    let mut unit = 0;
    while hundredths >= 1024 * 100 && unit + 1 < UNITS.len() {
        hundredths /= 1024;
        unit += 1;
    }
    let number = match (hundredths / 100, hundredths % 100) {
        (whole, 0) => whole.to_string(),
        (whole, part) => format!("{whole}.{part:02}").trim_end_matches('0').to_owned(),
    };
    format!("{number} {}", UNITS[unit])
}

/// The whole days since that moment.
pub(super) fn age_in_days(moment: Millis, now: Millis) -> String {
    (now.saturating_sub(moment) / (24 * 60 * 60 * 1_000)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_readable() {
        assert_eq!(readable_size(0), "0 B");
        assert_eq!(readable_size(1_023), "1023 B");
        assert_eq!(readable_size(1_536), "1.5 KB");
        assert_eq!(readable_size(128 << 20), "128 MB");
        assert_eq!(readable_size((5 << 30) + (1 << 28)), "5.25 GB");
        assert_eq!(readable_size(u64::MAX), "16777215.99 TB");
    }

    #[test]
    fn local_times_are_eight_hours_ahead() {
        assert_eq!(local_time(1_717_200_000_999), "2024-06-01 08:00:00");
        assert_eq!(zoned_time(1_717_200_000_999), "2024-06-01 08:00:00 +0800 CST");
    }
}
