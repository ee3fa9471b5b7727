//! Why the world refuses something. A product's view turns the reason into its own code.

use std::borrow::Cow;

/// What kind of rule was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A value breaks a rule of its own.
    Invalid,
    /// A value that this call needs is missing.
    Missing,
    /// The cluster does not exist.
    NoCluster,
    /// The node, group, pool, rule or other part of a cluster does not exist.
    NoPart,
    /// The machine does not exist.
    NoMachine,
    /// The private network does not exist.
    NoNetwork,
    /// The subnet does not exist or is of another network.
    NoSubnet,
    /// The operating system or image is not offered.
    NoImage,
    /// The address range cannot be read.
    RangeUnreadable,
    /// The address range is not a private one.
    RangeNotPrivate,
    /// The address range is too large or too small.
    RangeSize,
    /// The address range overlaps the range of another cluster.
    RangeOfCluster,
    /// The address range overlaps that of the network.
    RangeOfNetwork,
    /// The address range overlaps a route of the network to the outside.
    RangeOfGlobalRoute,
    /// The account has as many clusters as it may.
    ClusterQuota,
    /// The address range overlaps another route or route table.
    RangeOfRoute,
    /// The address range is outside of that of the route table.
    OutOfTable,
    /// The gateway has a route already.
    GatewayTaken,
    /// The route table does not exist.
    NoRouteTable,
    /// Something of that name is there already.
    Exists,
    /// It still has something in it.
    NotEmpty,
    /// The account has as many route tables as it may.
    RouteQuota,
    /// The cluster is not of a kind for this.
    Unsuitable,
    /// It cannot be taken away.
    NotRemovable,
    /// The cluster has as many nodes as it may.
    NodeQuota,
    /// The cluster has as many pools of nodes as it may.
    PoolQuota,
    /// There are as many of these things as there may be.
    Quota,
    /// It is protected against what was asked for.
    Protected,
    /// The machine service refuses: quota, type or billing.
    Machine,
    /// The scaling service refuses.
    Scaling,
    /// Masters are too few, too many or too small.
    Masters,
    /// Something of that name is there already, or is being worked on.
    InUse,
    /// The thing is there but not in a state for this.
    Unavailable,
    /// The user of the account may not do that.
    Forbidden,
    /// The nodes have another version than the control plane.
    NodeVersions,
    /// The task does not exist.
    NoTask,
    /// There is no such record.
    NoRecord,
    /// A task of that kind is running already.
    TaskRunning,
    /// The task is not in a state for this.
    TaskState,
    /// This cannot be done now.
    NotNow,
    /// This cannot be done to that kind of thing.
    Denied,
    /// This kind of thing cannot do that.
    Unsupported,
    /// The call was only a rehearsal and would have succeeded.
    Rehearsed,
}

/// A refusal of the world: the rule and what happened, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The kind of rule.
    pub reason: Reason,
    /// What happened and which limit holds.
    pub message: Cow<'static, str>,
}

/// The result of a rule.
pub type Outcome<T> = Result<T, Violation>;

impl Reason {
    /// A fault of this kind.
    pub fn because(self, message: impl Into<Cow<'static, str>>) -> Violation {
        Violation { reason: self, message: message.into() }
    }
}
