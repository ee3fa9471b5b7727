//! Conversions and constructors of tags and taints.

use super::types::{Tag, Taint, TaintEffect};

impl<K: Into<String>, V: Into<String>> From<(K, V)> for Tag {
    /// Creates a tag from its name and value.
    ///
    /// ```
    /// use wharf::ack::types::Tag;
    ///
    /// assert_eq!(Tag::from(("team", "web")), Tag::default().key("team").value("web"));
    /// ```
    fn from((key, value): (K, V)) -> Self {
        Self::default().key(key).value(value)
    }
}

impl Taint {
    /// Creates a taint that keeps pods without a matching toleration off the node.
    pub fn no_schedule(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self::of(key, value, TaintEffect::NoSchedule)
    }

    /// Creates a taint that keeps pods without a matching toleration off the node and evicts those that already run on
    /// it.
    pub fn no_execute(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self::of(key, value, TaintEffect::NoExecute)
    }

    /// Creates a taint that keeps pods without a matching toleration off the node if possible.
    pub fn prefer_no_schedule(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self::of(key, value, TaintEffect::PreferNoSchedule)
    }

    fn of(key: impl Into<String>, value: impl Into<String>, effect: TaintEffect) -> Self {
        Self::default().key(key).value(value).effect(effect)
    }
}
