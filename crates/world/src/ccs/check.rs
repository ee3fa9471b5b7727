//! Whether what CCS has is consistent.

use super::State;
use crate::kernel::check::Report;

impl State {
    /// Checks the history and the tasks. They may be about clusters that are gone.
    pub(crate) fn check(&self, report: &mut Report) {
        report.each("history.pods", &self.history.pods, |report, run| {
            report.expect(run.to.is_none_or(|to| to >= run.from), "to", || "is before the start".to_owned());
        });
        report.each("history.nodes", &self.history.nodes, |report, run| {
            report.expect(run.to.is_none_or(|to| to >= run.from), "to", || "is before the start".to_owned());
        });
    }
}
