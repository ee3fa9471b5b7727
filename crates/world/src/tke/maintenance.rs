//! Maintenance windows: when the platform may work on clusters by itself, and when not.

use crate::cluster::Cluster;
use crate::kernel::time::{china, midnight};
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{MINUTE, Millis, SECOND};
use crate::tke::Tke;
use chrono::{Datelike, NaiveTime, Timelike};
use serde::{Deserialize, Serialize};

const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;
/// The longest window, in hours.
const LONGEST: i64 = 24;
/// How many days are looked through for the next opening of a window.
const HORIZON: u64 = 400;

/// The days of the week, as windows name them.
pub const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// A maintenance window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The time of the day in China at which it opens, from midnight on.
    pub opens: Millis,
    /// How long it is open, in hours.
    pub hours: i64,
    /// The days on which it opens.
    pub days: Vec<String>,
    pub exclusions: Vec<Exclusion>,
}

/// A time in which a window stays closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    pub id: i64,
    pub name: String,
    pub start: Millis,
    pub end: Millis,
}

/// A maintenance window for all clusters of regions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GlobalWindow {
    pub id: i64,
    pub regions: Vec<String>,
    pub window: Window,
}

/// The region that stands for all regions.
pub const EVERYWHERE: &str = "*";

/// Reads a time of the day such as `02:00:00`.
pub fn read_time_of_day(text: &str) -> Option<Millis> {
    let time = NaiveTime::parse_from_str(text, "%H:%M:%S").ok()?;
    Some(Millis::from(time.num_seconds_from_midnight()) * SECOND)
}

/// Writes what [`read_time_of_day`] reads.
pub fn time_of_day(time: Millis) -> String {
    let seconds = time / SECOND;
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

impl Window {
    /// Whether a window can be so.
    pub fn check(&self) -> Outcome<()> {
        if !(1..=LONGEST).contains(&self.hours) {
            return Err(Reason::Invalid.because(format!("Duration is 1 to {LONGEST} hours, not {}", self.hours)));
        }
        if self.days.is_empty() {
            return Err(Reason::Invalid.because("DayOfWeek must name at least one day"));
        }
        for (place, day) in self.days.iter().enumerate() {
            if !DAYS.contains(&day.as_str()) {
                return Err(Reason::Invalid.because(format!("DayOfWeek is {}, not {day}", DAYS.join(", "))));
            }
            if self.days.iter().take(place).any(|other| other == day) {
                return Err(Reason::Invalid.because(format!("DayOfWeek names {day} twice")));
            }
        }
        for exclusion in &self.exclusions {
            if exclusion.name.is_empty() {
                return Err(Reason::Invalid.because("Exclusions: Name cannot be empty"));
            }
            if exclusion.start >= exclusion.end {
                let message = format!("Exclusions: StartAt of {} must be before its EndAt", exclusion.name);
                return Err(Reason::Invalid.because(message));
            }
        }
        Ok(())
    }

    /// The first moment from then on at which the window is open; nothing if it stays closed for more than a year.
    pub fn next_opening(&self, from: Millis) -> Option<Millis> {
        let lasts = self.hours.unsigned_abs() * HOUR;
        let first = midnight(from).saturating_sub(DAY);
        (0..HORIZON).find_map(|number| {
            let day = first + number * DAY;
            let name = DAYS.get(china(day).weekday().num_days_from_monday() as usize)?;
            if !self.days.iter().any(|there| there == name) {
                return None;
            }
            let (start, end) = (day + self.opens, day + self.opens + lasts);
            let mut moment = start.max(from);
            while let Some(closed) = self.exclusions.iter().find(|e| (e.start..e.end).contains(&moment)) {
                moment = closed.end;
            }
            (moment < end).then_some(moment)
        })
    }
}

impl Tke<'_> {
    /// Gives a cluster its maintenance window.
    pub fn create_window(&mut self, id: &str, mut window: Window) -> Outcome<()> {
        window.check()?;
        let cluster = self.0.realm.cluster(self.0.engine, id)?;
        if cluster.tke().window.is_some() {
            return Err(Reason::InUse.because(format!("the cluster {id} has a maintenance window already")));
        }
        self.number(&mut window, &[]);
        self.set_window(id, Some(window))
    }

    /// Changes the maintenance window of a cluster; without exclusions it keeps those that it has.
    pub fn change_window(&mut self, id: &str, mut window: Window, with_exclusions: bool) -> Outcome<()> {
        window.check()?;
        let old = self.window_of_cluster(id)?.exclusions.clone();
        if with_exclusions {
            self.number(&mut window, &old);
        } else {
            window.exclusions = old;
        }
        self.set_window(id, Some(window))
    }

    /// Takes the maintenance window of a cluster away.
    pub fn delete_window(&mut self, id: &str) -> Outcome<()> {
        self.window_of_cluster(id)?;
        self.set_window(id, None)
    }

    fn window_of_cluster(&self, id: &str) -> Outcome<&Window> {
        let cluster = self.0.realm.cluster(self.0.engine, id)?;
        let none = || Reason::NoRecord.because(format!("the cluster {id} has no maintenance window"));
        cluster.tke().window.as_ref().ok_or_else(none)
    }

    fn set_window(&mut self, id: &str, window: Option<Window>) -> Outcome<()> {
        self.0.realm.cluster_mut(self.0.engine, id)?.tke_mut().window = window;
        self.plan_upgrades();
        Ok(())
    }

    /// Numbers new exclusions; those that are there keep their numbers.
    pub(super) fn number(&mut self, window: &mut Window, old: &[Exclusion]) {
        for exclusion in &mut window.exclusions {
            if !old.iter().any(|there| there.id == exclusion.id) {
                exclusion.id = self.0.ids.number() as i64;
            }
        }
    }

    /// The window in which the platform works on a cluster: its own, else that of the region, else that of all regions.
    pub(super) fn window_for<'c>(&'c self, cluster: &'c Cluster) -> Option<&'c Window> {
        let global = |region: &str| {
            let windows = self.0.realm.tke.global_windows.iter();
            windows.into_iter().find(|window| window.regions.iter().any(|there| there == region))
        };
        let own = cluster.tke().window.as_ref();
        own.or_else(|| Some(&global(&self.0.key.region).or_else(|| global(EVERYWHERE))?.window))
    }
}
