//! The three names of a region: short in requests (`gz`), long in responses and in newer APIs (`ap-guangzhou`), and a
//! number in triggers and in some responses (`1`).

/// Short name, long name, and the number if it is known.
const REGIONS: &[(&str, &str, Option<i64>)] = &[
    ("gz", "ap-guangzhou", Some(1)),
    ("sh", "ap-shanghai", Some(4)),
    ("hk", "ap-hongkong", Some(5)),
    ("ca", "na-toronto", None),
    ("shjr", "ap-shanghai-fsi", Some(7)),
    ("bj", "ap-beijing", Some(8)),
    ("sg", "ap-singapore", Some(9)),
    ("szjr", "ap-shenzhen-fsi", None),
    ("usw", "na-siliconvalley", None),
    ("cd", "ap-chengdu", Some(16)),
    ("de", "eu-frankfurt", None),
    ("kr", "ap-seoul", None),
    ("cq", "ap-chongqing", None),
    ("in", "ap-mumbai", None),
    ("use", "na-ashburn", None),
    ("nj", "ap-nanjing", None),
    ("th", "ap-bangkok", None),
    ("ru", "eu-moscow", None),
    ("jp", "ap-tokyo", None),
];

/// Returns the name that requests carry: `gz` for `ap-guangzhou`. An unknown name, such as one of a private cloud, is
/// returned unchanged.
pub fn short_region(region: &str) -> &str {
    find(region).map_or(region, |(short, _, _)| short)
}

/// Returns the long name: `ap-guangzhou` for `gz`. An unknown name is returned unchanged.
pub fn long_region(region: &str) -> &str {
    find(region).map_or(region, |(_, long, _)| long)
}

/// Returns the number of a region in triggers (`clusterRegion`): 1 for `gz` and for `ap-guangzhou`. Returns `None` if
/// no document lists it.
pub fn region_number(region: &str) -> Option<i64> {
    find(region).and_then(|(_, _, number)| *number)
}

fn find(region: &str) -> Option<&'static (&'static str, &'static str, Option<i64>)> {
    REGIONS.iter().find(|(short, long, _)| *short == region || *long == region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        for (short, long, number) in REGIONS {
            assert_eq!((short_region(long), short_region(short)), (*short, *short));
            assert_eq!((long_region(short), long_region(long)), (*long, *long));
            assert_eq!((region_number(short), region_number(long)), (*number, *number));
        }
        assert_eq!((short_region("chongqing"), long_region("r1"), region_number("r1")), ("chongqing", "r1", None));
    }
}
