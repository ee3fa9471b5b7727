//! Tags and taints from what they are made of.

use super::types::{Tag, Taint, TaintEffect};

impl<K: Into<String>, V: Into<String>> From<(K, V)> for Tag {
    /// A tag of that name and value.
    ///
    /// ```
    /// use wharf_products::ack::types::Tag;
    ///
    /// assert_eq!(Tag::from(("team", "web")), Tag::default().key("team").value("web"));
    /// ```
    fn from((key, value): (K, V)) -> Self {
        Self::default().key(key).value(value)
    }
}

impl Taint {
    /// Keeps pods that do not tolerate it off the node.
    pub fn no_schedule(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self::of(key, value, TaintEffect::NoSchedule)
    }

    /// Keeps pods that do not tolerate it off the node, and makes those that are there leave.
    pub fn no_execute(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self::of(key, value, TaintEffect::NoExecute)
    }

    /// Keeps pods that do not tolerate it off the node if that can be done.
    pub fn prefer_no_schedule(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self::of(key, value, TaintEffect::PreferNoSchedule)
    }

    fn of(key: impl Into<String>, value: impl Into<String>, effect: TaintEffect) -> Self {
        Self::default().key(key).value(value).effect(effect)
    }
}
