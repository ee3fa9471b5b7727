//! Checks before and after an upgrade.

use super::{check_current, target};
use crate::Realm;
use crate::cce::Cce;
use crate::cce::Event;
use crate::cce::addons::AddonPhase;
use crate::cce::nodes::CceNodePhase;
use crate::cce::pools::NodePoolPhase;
use crate::kernel::failures::FailurePoint;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{MINUTE, Millis, SECOND};
use serde::{Deserialize, Serialize};

/// How long the check before an upgrade takes.
pub const DURATION: Millis = 30 * SECOND;
/// How long it waits before it begins.
const WAITING: Millis = SECOND;
/// How long its result counts.
const VALIDITY: Millis = 24 * 60 * MINUTE;

/// The check of a cluster before an upgrade.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    pub id: String,
    pub from: String,
    pub to: String,
    pub skipped: Vec<Skip>,
    pub created: Millis,
    /// What was found, once it is over.
    pub found: Option<Findings>,
    /// Why it will fail.
    fails: Option<String>,
}

/// An item that is not checked: of those nodes, or of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    pub item: String,
    pub nodes: Option<Vec<String>>,
}

/// How far a check has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckPhase {
    Waiting,
    Running,
    Success,
    Failed,
}

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CheckItem {
    ClusterStatus,
    NodePoolStatus,
    AddonStatus,
    NodeStatus,
    NodeSchedulable,
}

/// What a check of an item has found.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    pub item: CheckItem,
    /// What is wrong, if anything is.
    pub problem: Option<String>,
    /// The nodes or the add-ons that have the problem.
    pub sources: Vec<String>,
}

/// All that a check has found.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Findings {
    pub cluster: Vec<Finding>,
    pub addons: Vec<Finding>,
    /// By node.
    pub nodes: Vec<(String, Vec<Finding>)>,
}

/// A check of a cluster after an upgrade.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostCheck {
    pub id: String,
    pub from: String,
    pub to: String,
    pub passed: bool,
    pub created: Millis,
}

impl CheckItem {
    /// The items that can be skipped: a risk, not an error.
    pub const RISKS: [Self; 1] = [Self::NodeSchedulable];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::ClusterStatus => "ClusterStatus",
            Self::NodePoolStatus => "NodePoolStatus",
            Self::AddonStatus => "AddonStatus",
            Self::NodeStatus => "NodeStatus",
            Self::NodeSchedulable => "NodeSchedulable",
        }
    }

    /// Whether it can be skipped.
    pub fn is_risk(self) -> bool {
        Self::RISKS.contains(&self)
    }
}

impl Findings {
    /// Whether nothing is wrong.
    pub fn are_good(&self) -> bool {
        let of_nodes = self.nodes.iter().flat_map(|(_, findings)| findings);
        self.cluster.iter().chain(&self.addons).chain(of_nodes).all(|finding| finding.problem.is_none())
    }
}

impl Check {
    /// How far it has come.
    pub fn phase(&self, now: Millis) -> CheckPhase {
        match &self.found {
            Some(found) if found.are_good() => CheckPhase::Success,
            Some(_) => CheckPhase::Failed,
            None if now < self.created + WAITING => CheckPhase::Waiting,
            None => CheckPhase::Running,
        }
    }

    /// When it is over, or was.
    pub fn ends(&self) -> Millis {
        self.created + DURATION
    }

    /// Until when its result counts, once it is over.
    pub fn expires(&self) -> Option<Millis> {
        self.found.as_ref().map(|_| self.ends() + VALIDITY)
    }
}

impl Realm {
    /// The check of that identifier, or why not.
    pub fn check(&self, cluster: &str, id: &str) -> Outcome<&Check> {
        let (_, hosted) = self.hosted(cluster)?;
        let check = hosted.upgrades.checks.get(id);
        check.ok_or_else(|| Reason::NoPart.because(format!("the cluster {cluster} has no check {id}")))
    }
}

impl Cce<'_> {
    /// Starts a check before an upgrade, and returns its identifier.
    pub fn start_check(
        &mut self,
        cluster: &str,
        current: Option<&str>,
        to: Option<&str>,
        skipped: Vec<Skip>,
    ) -> Outcome<String> {
        let (_, hosted) = self.0.realm.available(cluster, self.0.now)?;
        check_current(hosted, current)?;
        let open = hosted.upgrades.open_flow().map(|flow| flow.to.as_str());
        let to = to.or(open).ok_or_else(|| {
            Reason::Missing.because("spec.targetVersion must be given for a cluster without a work flow")
        })?;
        let (from, to) = (hosted.release.clone(), target(hosted, to)?);
        self.check_flow(cluster, &to)?;
        let (_, hosted) = self.0.realm.hosted(cluster)?;
        if hosted.upgrades.checks.iter().any(|check| check.found.is_none()) {
            return Err(Reason::Unavailable.because(format!("the cluster {cluster} is being checked already")));
        }
        for skip in &skipped {
            if !CheckItem::RISKS.iter().any(|item| item.name() == skip.item) {
                let risks = CheckItem::RISKS.map(CheckItem::name).join(", ");
                let message = format!("skippedCheckItemList: {} cannot be skipped, but {risks} can", skip.item);
                return Err(Reason::Invalid.because(message));
            }
            for node in skip.nodes.iter().flatten() {
                self.0.realm.member(cluster, node)?;
            }
        }
        Ok(self.add_check(cluster, from, to, skipped))
    }

    /// Adds a check of a cluster, which ends by itself.
    pub(super) fn add_check(&mut self, cluster: &str, from: String, to: String, skipped: Vec<Skip>) -> String {
        let id = self.0.ids.uuid();
        let fails = self.planned_failure(FailurePoint::UpgradeCheck);
        let check = Check { id: id.clone(), from, to, skipped, created: self.0.now, found: None, fails };
        if let Some(upgrades) = self.upgrades_mut(cluster) {
            upgrades.checks.insert(id.clone(), check);
        }
        self.follow_flow(cluster, |flow| flow.check = Some(id.clone()));
        self.after(DURATION, Event::CheckEnds { cluster: cluster.to_owned(), check: id.clone() });
        id
    }

    /// Ends a check with what is found at that moment.
    pub(in crate::cce) fn check_ends(&mut self, cluster: &str, id: &str) {
        let Ok(check) = self.0.realm.check(cluster, id) else { return };
        let found = self.findings(cluster, check);
        if let Some(check) = self.upgrades_mut(cluster).and_then(|upgrades| upgrades.checks.get_mut(id)) {
            check.found = Some(found);
        }
    }

    fn findings(&self, cluster: &str, check: &Check) -> Findings {
        let (realm, now) = (&self.0.realm, self.0.now);
        let finding = |item, sources: Vec<String>, problem: &str| Finding {
            item,
            problem: (!sources.is_empty()).then(|| format!("{problem}: {}", sources.join(", "))),
            sources,
        };
        let pools = realm.cce.pools.iter().filter(|pool| pool.cluster == cluster);
        let pools =
            pools.filter(|pool| !matches!(realm.pool_phase(pool, now), NodePoolPhase::Normal | NodePoolPhase::SoldOut));
        let pools = finding(
            CheckItem::NodePoolStatus,
            pools.map(|pool| pool.name.clone()).collect(),
            "node pools are not at rest",
        );
        let addons = realm.cce.addons.iter().filter(|addon| addon.cluster == cluster);
        let addons = addons.filter(|addon| addon.phase(now) != AddonPhase::Running);
        let addons = finding(
            CheckItem::AddonStatus,
            addons.map(|addon| addon.template.name.to_owned()).collect(),
            "add-ons are not running",
        );
        let state = Finding { item: CheckItem::ClusterStatus, problem: check.fails.clone(), sources: Vec::new() };
        let nodes = realm.members_of(cluster).map(|member| {
            let node = realm.clusters.get(cluster).and_then(|cluster| cluster.nodes.get(&member.machine));
            let single = |wrong: bool| if wrong { vec![member.uid.clone()] } else { Vec::new() };
            let active = realm.member_phase(member, now) == CceNodePhase::Active;
            let mut findings = vec![finding(CheckItem::NodeStatus, single(!active), "the node is not active")];
            let skips = |skip: &Skip| {
                skip.item == CheckItem::NodeSchedulable.name()
                    && skip.nodes.as_ref().is_none_or(|nodes| nodes.contains(&member.uid))
            };
            if !check.skipped.iter().any(skips) {
                let cordoned = node.is_some_and(|node| node.cordoned && node.leaving.is_none());
                findings.push(finding(CheckItem::NodeSchedulable, single(cordoned), "the node takes no pods"));
            }
            (member.uid.clone(), findings)
        });
        Findings { cluster: vec![state, pools], addons: vec![addons], nodes: nodes.collect() }
    }

    /// Checks a cluster after an upgrade, and returns the identifier of the check: all nodes have the version of the
    /// cluster and are active.
    pub fn check_upgraded(&mut self, cluster: &str, from: Option<&str>, to: Option<&str>) -> Outcome<String> {
        let (there, hosted) = self.0.realm.available(cluster, self.0.now)?;
        let last = hosted.upgrades.last();
        let Some(last) = last.filter(|task| task.to == hosted.release) else {
            return Err(Reason::Unavailable.because(format!("the cluster {cluster} was not upgraded")));
        };
        for (name, given, due) in [("clusterVersion", from, &last.from), ("targetVersion", to, &last.to)] {
            let given = given.map(crate::cce::offers::release).transpose()?;
            if let Some((given, _)) = given.filter(|(given, _)| given != due) {
                let message = format!("spec.{name}: the upgrade went from {} to {}, not {given}", last.from, last.to);
                return Err(Reason::Invalid.because(message));
            }
        }
        let active = |uid: &str| {
            let member = self.0.realm.cce.nodes.get(uid);
            member.is_some_and(|member| self.0.realm.member_phase(member, self.0.now) == CceNodePhase::Active)
        };
        let passed = there.nodes.iter().all(|node| node.release.is_none())
            && self.0.realm.members_of(cluster).all(|member| active(&member.uid));
        let (from, to, id) = (last.from.clone(), last.to.clone(), self.0.ids.uuid());
        let check = PostCheck { id: id.clone(), from, to, passed, created: self.0.now };
        if let Some(upgrades) = self.upgrades_mut(cluster) {
            upgrades.post_checks.insert(id.clone(), check);
        }
        self.follow_flow(cluster, |flow| flow.post_check = Some(id.clone()));
        Ok(id)
    }
}
