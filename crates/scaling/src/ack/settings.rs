//! Constructors of common settings of node pools.

use super::types::{AutoScaling, AutoScalingType, CreateScalingGroup, KubernetesConfig, Label};

impl AutoScaling {
    /// Creates the settings of a pool that scales automatically between a minimum and a maximum number of servers of
    /// the default type.
    ///
    /// ```
    /// use wharf::ack::types::{AutoScaling, AutoScalingType};
    ///
    /// let scaling = AutoScaling::between(1, 10).r#type(AutoScalingType::Spot);
    /// assert_eq!((scaling.enable, scaling.min_instances, scaling.max_instances), (Some(true), Some(1), Some(10)));
    /// ```
    pub fn between(min_instances: i64, max_instances: i64) -> Self {
        Self::default()
            .enable(true)
            .min_instances(min_instances)
            .max_instances(max_instances)
            .r#type(AutoScalingType::Cpu)
    }

    /// Creates the settings of a pool whose size changes only on request.
    pub fn off() -> Self {
        Self::default().enable(false)
    }
}

impl CreateScalingGroup {
    /// Creates a scaling group of servers of one of these types, in order of preference, in one of these switches, with
    /// the default system disk.
    ///
    /// ```
    /// use wharf::ack::types::CreateScalingGroup;
    ///
    /// let group = CreateScalingGroup::servers(["ecs.n4.large"], ["vsw-1"]).tags([("team", "web")]);
    /// assert_eq!(group.system_disk_size, Some(120));
    /// ```
    pub fn servers(
        instance_types: impl IntoIterator<Item = impl Into<String>>,
        vswitch_ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self::default()
            .instance_types(instance_types)
            .vswitch_ids(vswitch_ids)
            .system_disk_category("cloud_efficiency")
            .system_disk_size(120)
    }
}

impl KubernetesConfig {
    /// Sets the rule for names of nodes: a prefix, a number of characters (5 to 12) of the node's address, and a
    /// suffix.
    ///
    /// ```
    /// use wharf::ack::types::KubernetesConfig;
    ///
    /// let config = KubernetesConfig::default().node_names("web.", 5, ".example.com");
    /// assert_eq!(config.node_name_mode.as_deref(), Some("customized,web.,5,.example.com"));
    /// ```
    pub fn node_names(self, prefix: &str, characters: u8, suffix: &str) -> Self {
        self.node_name_mode(format!("customized,{prefix},{characters},{suffix}"))
    }
}

impl<K: Into<String>, V: Into<String>> From<(K, V)> for Label {
    /// Creates a label from its name and value.
    ///
    /// ```
    /// use wharf::ack::types::{KubernetesConfig, Taint};
    ///
    /// let config = KubernetesConfig::default()
    ///     .labels([("tier", "front"), ("zone", "a")])
    ///     .taints([Taint::no_schedule("dedicated", "web")]);
    /// assert_eq!(config.labels.unwrap()[1].key.as_deref(), Some("zone"));
    /// ```
    fn from((key, value): (K, V)) -> Self {
        Self::default().key(key).value(value)
    }
}
