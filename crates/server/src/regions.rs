//! The three ways in which Tencent names regions: `gz`, `ap-guangzhou` and 1; and the numbers of zones.

use wharf_world::infra::offers::REGIONS;

/// Regions that only CCS names: short name, full name, number.
const MORE: [(&str, &str, i64); 2] = [("ca", "na-toronto", 6), ("shjr", "ap-shanghai-fsi", 7)];

/// Regions in which a trigger can update a service.
pub(crate) const OF_TRIGGERS: [i64; 7] = [1, 4, 5, 7, 8, 9, 16];

fn all() -> impl Iterator<Item = (&'static str, &'static str, i64)> {
    REGIONS.iter().map(|region| (region.alias, region.name, region.number)).chain(MORE)
}

/// The full name of a region by its short or its full one, if it is offered here. `known` are those that the server
/// accepts by their full names.
pub(crate) fn full_name(given: &str, known: &[String]) -> Option<String> {
    let found = all().find(|(short, full, _)| *short == given || *full == given);
    let own = || known.iter().find(|name| *name == given).cloned();
    found.map(|(_, full, _)| full.to_owned()).or_else(own)
}

/// The number of a region; 0 for one that has none.
pub(crate) fn number(full: &str) -> i64 {
    all().find(|(_, name, _)| *name == full).map_or(0, |(_, _, number)| number)
}

/// The number of a zone: `ap-shanghai-2` is 200002.
pub(crate) fn zone_number(zone: &str) -> i64 {
    let (region, place) = zone.rsplit_once('-').unwrap_or((zone, ""));
    // The numbers of zones are older than those of regions.
    let hundred = match number(region) {
        number @ 4..=6 => number - 2,
        number => number,
    };
    hundred * 100_000 + place.parse::<i64>().unwrap_or(0)
}

/// Whether a zone is meant: by its number, by its name, or by its place in the region.
pub(crate) fn is_zone(given: &str, zone: &str) -> bool {
    given == zone
        || given.parse::<i64>().is_ok_and(|number| number == zone_number(zone))
        || zone.rsplit_once('-').is_some_and(|(_, place)| place == given)
}

#[cfg(test)]
mod tests;
