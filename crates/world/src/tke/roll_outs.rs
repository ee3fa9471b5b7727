//! Roll-out sequences: which clusters the platform upgrades first, and how long it waits before the next ones.

use crate::cluster::Cluster;
use crate::kernel::violation::{Outcome, Reason};
use crate::tke::Tke;
use serde::{Deserialize, Serialize};

/// The tags of clusters that sequences choose by, with their values.
pub const TAGS: [(&str, &[&str]); 2] =
    [("Env", &["Test", "Pre-Production", "Production"]), ("Protection-Level", &["Low", "Medium", "High"])];

/// The longest time between two steps of a sequence, in seconds: a year.
const LONGEST_SOAK: i64 = 365 * 24 * 60 * 60;

/// A roll-out sequence.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    pub id: i64,
    pub name: String,
    pub flows: Vec<Flow>,
    pub enabled: bool,
}

/// A step of a sequence: the clusters that have one of the values for each of the tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    pub tags: Vec<(String, Vec<String>)>,
    /// How many seconds pass after the last of the clusters, before the next step begins.
    pub soak: i64,
}

impl Flow {
    fn contains(&self, cluster: &Cluster) -> bool {
        let own = &cluster.tke().roll_out_tags;
        let has = |(key, values): &(String, Vec<String>)| {
            own.iter().any(|(there, value)| there == key && values.contains(value))
        };
        self.tags.iter().all(has)
    }
}

impl Sequence {
    fn check(&self) -> Outcome<()> {
        if self.name.is_empty() {
            return Err(Reason::Invalid.because("Name cannot be empty"));
        }
        if self.flows.is_empty() {
            return Err(Reason::Invalid.because("SequenceFlows must have at least one step"));
        }
        for flow in &self.flows {
            if !(0..=LONGEST_SOAK).contains(&flow.soak) {
                return Err(Reason::Invalid.because(format!("SoakTime is 0 to {LONGEST_SOAK} s, not {}", flow.soak)));
            }
            if flow.tags.is_empty() {
                return Err(Reason::Invalid.because("each step of SequenceFlows needs Tags"));
            }
            if flow.tags.iter().any(|(key, values)| key.is_empty() || values.is_empty()) {
                return Err(Reason::Invalid.because("each tag of SequenceFlows needs Key and Value"));
            }
        }
        Ok(())
    }

    /// The step that a cluster belongs to.
    pub(super) fn place(&self, cluster: &Cluster) -> Option<usize> {
        self.flows.iter().position(|flow| flow.contains(cluster))
    }
}

impl Tke<'_> {
    /// Makes a sequence and returns its number.
    pub fn create_sequence(&mut self, mut sequence: Sequence) -> Outcome<i64> {
        sequence.check()?;
        sequence.id = self.0.ids.number() as i64;
        let id = sequence.id;
        self.0.realm.tke.sequences.push(sequence);
        self.plan_upgrades();
        Ok(id)
    }

    /// Changes a sequence.
    pub fn change_sequence(&mut self, sequence: Sequence) -> Outcome<()> {
        sequence.check()?;
        let id = sequence.id;
        let there = self.0.realm.tke.sequences.iter_mut().find(|there| there.id == id);
        *there.ok_or_else(|| no_sequence(id))? = sequence;
        self.plan_upgrades();
        Ok(())
    }

    /// Deletes a sequence.
    pub fn delete_sequence(&mut self, id: i64) -> Outcome<()> {
        let sequences = &mut self.0.realm.tke.sequences;
        let place = sequences.iter().position(|there| there.id == id).ok_or_else(|| no_sequence(id))?;
        sequences.remove(place);
        self.plan_upgrades();
        Ok(())
    }

    /// Sets the tags of a cluster that sequences choose by.
    pub fn set_roll_out_tags(&mut self, id: &str, tags: Vec<(String, String)>) -> Outcome<()> {
        self.0.realm.cluster(self.0.engine, id)?;
        for (place, (key, value)) in tags.iter().enumerate() {
            let Some((_, values)) = TAGS.iter().find(|(known, _)| known == key) else {
                return Err(Reason::Invalid.because(format!("Tags: the key is Env or Protection-Level, not {key}")));
            };
            if !values.contains(&value.as_str()) {
                let message = format!("Tags: {key} is one of {}, not {value}", values.join(", "));
                return Err(Reason::Invalid.because(message));
            }
            if tags.iter().take(place).any(|(other, _)| other == key) {
                return Err(Reason::Invalid.because(format!("Tags names {key} twice")));
            }
        }
        self.0.realm.cluster_mut(self.0.engine, id)?.tke_mut().roll_out_tags = tags;
        self.plan_upgrades();
        Ok(())
    }
}

fn no_sequence(id: i64) -> crate::kernel::violation::Violation {
    Reason::NoRecord.because(format!("the roll-out sequence {id} does not exist"))
}
