//! The three ways in which regions are named: `gz`, `ap-guangzhou` and 1; and the numbers of zones.

use wharf_world::infra::offers::REGIONS;

/// Regions that only this product names: short name, full name, number.
const MORE: [(&str, &str, i64); 2] = [("ca", "na-toronto", 6), ("shjr", "ap-shanghai-fsi", 7)];

/// Regions in which a trigger can update a service.
pub(super) const OF_TRIGGERS: [i64; 7] = [1, 4, 5, 7, 8, 9, 16];

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
pub(super) fn number(full: &str) -> i64 {
    all().find(|(_, name, _)| *name == full).map_or(0, |(_, _, number)| number)
}

/// The number of a zone: `ap-shanghai-2` is 200002.
pub(super) fn zone_number(zone: &str) -> i64 {
    let (region, place) = zone.rsplit_once('-').unwrap_or((zone, ""));
    // The numbers of zones are older than those of regions.
    let hundred = match number(region) {
        number @ 4..=6 => number - 2,
        number => number,
    };
    hundred * 100_000 + place.parse::<i64>().unwrap_or(0)
}

/// Whether a zone is meant: by its number, by its name, or by its place in the region.
pub(super) fn is_zone(given: &str, zone: &str) -> bool {
    given == zone
        || given.parse::<i64>().is_ok_and(|number| number == zone_number(zone))
        || zone.rsplit_once('-').is_some_and(|(_, place)| place == given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_and_zones_have_names_and_numbers() {
        assert_eq!(full_name("gz", &[]).as_deref(), Some("ap-guangzhou"));
        assert_eq!(full_name("ap-guangzhou", &[]).as_deref(), Some("ap-guangzhou"));
        assert_eq!(full_name("ca", &[]).as_deref(), Some("na-toronto"));
        assert_eq!(full_name("private-1", &["private-1".to_owned()]).as_deref(), Some("private-1"));
        assert_eq!(full_name("moon", &["private-1".to_owned()]), None);
        assert_eq!((number("ap-beijing"), number("private-1")), (8, 0));
        assert!(OF_TRIGGERS.iter().all(|number| all().any(|(_, _, known)| known == *number)));
        assert_eq!((zone_number("ap-guangzhou-3"), zone_number("ap-shanghai-2")), (100_003, 200_002));
        for given in ["ap-guangzhou-3", "100003", "3"] {
            assert!(is_zone(given, "ap-guangzhou-3"), "{given}");
        }
        assert!(!is_zone("2", "ap-guangzhou-3") && !is_zone("100002", "ap-guangzhou-3"));
    }
}
