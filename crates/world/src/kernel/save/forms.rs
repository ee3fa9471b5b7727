//! How types are saved for which serde has no form: names of rows of fixed tables, keys that are no text.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::fmt::Display;

/// Reads a name and returns what `find` returns for it. Anything else is refused as not being `what`.
pub(crate) fn known<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    what: &str,
    find: impl FnOnce(&str) -> Option<T>,
) -> Result<T, D::Error> {
    let name = Cow::<'static, str>::deserialize(deserializer)?;
    find(&name).ok_or_else(|| unknown(&name, what))
}

/// The error for a name that is not in a table.
pub(crate) fn unknown<E: Error>(name: impl Display, what: &str) -> E {
    E::custom(format!("unknown {what} `{name}`"))
}

/// Saves the rows of a fixed table by their names.
macro_rules! saved_by_name {
    ($type:ty, $what:literal, $name:expr, $find:expr) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let name: fn(&Self) -> &str = $name;
                serializer.serialize_str(name(self))
            }
        }

        impl<'de> serde::Deserialize<'de> for &'static $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::kernel::save::forms::known(deserializer, $what, $find)
            }
        }
    };
}
pub(crate) use saved_by_name;

/// An entry of a map whose keys are not text.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry<K, V> {
    key: K,
    value: V,
}

/// Maps whose keys are not text, as lists of entries.
pub(crate) mod entries {
    use super::Entry;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::collections::BTreeMap;

    pub(crate) fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map.iter().map(|(key, value)| Entry { key, value }))
    }

    pub(crate) fn deserialize<'de, K, V, D>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        let list = Vec::<Entry<K, V>>::deserialize(deserializer)?;
        let count = list.len();
        let map: BTreeMap<K, V> = list.into_iter().map(|entry| (entry.key, entry.value)).collect();
        if map.len() == count { Ok(map) } else { Err(D::Error::custom("a key is there twice")) }
    }
}
