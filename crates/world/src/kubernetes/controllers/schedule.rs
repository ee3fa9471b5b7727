//! Schedules of CronJobs: minute, hour, day of the month, month, day of the week, in UTC.

use crate::kernel::time::utc;
use crate::kernel::{MINUTE, Millis};
use chrono::{Datelike, Timelike};
use std::collections::BTreeSet;

/// How far ahead the next time is looked for.
const HORIZON: Millis = 5 * 366 * 24 * 60 * MINUTE;

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    minutes: BTreeSet<u32>,
    hours: BTreeSet<u32>,
    days: BTreeSet<u32>,
    months: BTreeSet<u32>,
    weekdays: BTreeSet<u32>,
    /// Whether the days of the month and of the week are restricted: then one of them has to fit.
    day_given: (bool, bool),
}

impl Schedule {
    /// Reads `*/5 * * * *` or `@hourly`.
    pub fn read(text: &str) -> Result<Self, String> {
        let text = match text.trim() {
            "@hourly" => "0 * * * *",
            "@daily" | "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            "@yearly" | "@annually" => "0 0 1 1 *",
            other => other,
        };
        let parts: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = parts.as_slice() else {
            return Err(format!("expected exactly 5 fields, found {}: {text}", parts.len()));
        };
        const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
        const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
        let mut week = field(weekdays, 0, 7, &WEEKDAYS, 0)?;
        if week.remove(&7) {
            week.insert(0);
        }
        Ok(Self {
            minutes: field(minutes, 0, 59, &[], 0)?,
            hours: field(hours, 0, 23, &[], 0)?,
            days: field(days, 1, 31, &[], 0)?,
            months: field(months, 1, 12, &MONTHS, 1)?,
            weekdays: week,
            day_given: (!days.starts_with(['*', '?']), !weekdays.starts_with(['*', '?'])),
        })
    }

    fn fits(&self, at: Millis) -> bool {
        let time = utc(at);
        let day = self.days.contains(&time.day());
        let weekday = self.weekdays.contains(&time.weekday().num_days_from_sunday());
        let fits_day = match self.day_given {
            (true, true) => day || weekday,
            _ => day && weekday,
        };
        fits_day
            && self.months.contains(&time.month())
            && self.hours.contains(&time.hour())
            && self.minutes.contains(&time.minute())
    }

    /// The first time after that moment.
    pub fn next_after(&self, moment: Millis) -> Option<Millis> {
        let mut at = (moment / MINUTE + 1) * MINUTE;
        let end = moment.saturating_add(HORIZON);
        while at <= end {
            if self.fits(at) {
                return Some(at);
            }
            // Hours and days that cannot fit are passed over as a whole.
            let time = utc(at);
            let hours = 60 * MINUTE;
            at = if !self.months.contains(&time.month()) {
                (at / (24 * hours) + 1) * 24 * hours
            } else if !self.hours.contains(&time.hour()) {
                (at / hours + 1) * hours
            } else {
                at + MINUTE
            };
        }
        None
    }

    /// The last time after one moment and up to another.
    pub fn last_until(&self, since: Millis, until: Millis) -> Option<Millis> {
        let mut last = None;
        let mut at = since;
        while let Some(next) = self.next_after(at).filter(|next| *next <= until) {
            (last, at) = (Some(next), next);
        }
        last
    }
}

fn field(text: &str, least: u32, most: u32, names: &[&str], first: u32) -> Result<BTreeSet<u32>, String> {
    let bad = || format!("failed to parse {text}: values are from {least} to {most}");
    let number = |text: &str| -> Result<u32, String> {
        let named = names.iter().position(|name| *name == text.to_lowercase());
        let value = match named {
            Some(place) => u32::try_from(place).unwrap_or(0) + first,
            None => text.parse().map_err(|_| bad())?,
        };
        if (least..=most).contains(&value) { Ok(value) } else { Err(bad()) }
    };
    let mut values = BTreeSet::new();
    for part in text.split(',') {
        let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
        let every: u32 = step.map_or(Ok(1), str::parse).map_err(|_| bad())?;
        if every == 0 {
            return Err(bad());
        }
        let (from, to) = match (range, range.split_once('-')) {
            ("*" | "?", _) => (least, if most == 7 { 6 } else { most }),
            (_, Some((from, to))) => (number(from)?, number(to)?),
            (one, None) => (number(one)?, if step.is_some() { most } else { number(one)? }),
        };
        if from > to {
            return Err(bad());
        }
        values.extend((from..=to).step_by(usize::try_from(every).unwrap_or(1)));
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    // 2021-01-01T00:00:00Z, a Friday.
    const START: Millis = 1_609_459_200_000;

    #[test]
    fn times_of_schedules() {
        for (schedule, minutes) in [
            ("*/5 * * * *", 5),
            ("0 * * * *", 60),
            ("@daily", 24 * 60),
            ("30 2 * * *", 150),
            ("0 0 * * mon", 3 * 24 * 60),
            ("0 0 15 * 1", 3 * 24 * 60),
            ("0 0 1 feb *", 31 * 24 * 60),
            ("0 9-17/4 * * *", 9 * 60),
        ] {
            let next = Schedule::read(schedule).unwrap().next_after(START);
            assert_eq!(next, Some(START + minutes * MINUTE), "{schedule}");
        }
        let five = Schedule::read("*/5 * * * *").unwrap();
        assert_eq!(five.last_until(START, START + 14 * MINUTE), Some(START + 10 * MINUTE));
        assert_eq!(five.last_until(START, START + 4 * MINUTE), None);
    }

    #[test]
    fn schedules_that_are_wrong() {
        for schedule in
            ["", "* * * *", "60 * * * *", "* 24 * * *", "*/0 * * * *", "a * * * *", "5-1 * * * *", "* * 0 * *"]
        {
            assert!(Schedule::read(schedule).is_err(), "{schedule}");
        }
        assert_eq!(Schedule::read("0 0 30 2 *").unwrap().next_after(START), None);
    }
}
