//! What the two products with a registry, TCR and CCS, write alike.

pub(crate) use wharf_world::registry::PERSONAL_HOST as SERVER;

/// The kind of repository that the personal edition has.
pub(crate) const REPOSITORY_TYPE: &str = "QCLOUD HUB";

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

#[cfg(test)]
mod tests;
