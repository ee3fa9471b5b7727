//! The helpers of CCS.

mod parts;
mod series;
mod services;

use super::arguments::{Arguments, json};
use super::{Action, Helper, HelperArgument, Plan, needed, optional};
use crate::Error;
use crate::ccs;
use wharf_core::Connection;

const REGION: HelperArgument = needed("region", "string", "The region, by its short or long name.");

/// The helpers of all files.
pub(super) static HELPERS: &[Helper] = &{
    const EMPTY: Helper =
        Helper { name: "", doc: "", arguments: &[], action: Action::Value(|_| Ok(serde_json::Value::Null)) };
    const LISTS: [&[Helper]; 3] = [services::HELPERS, parts::HELPERS, OTHERS];
    const COUNT: usize = LISTS[0].len() + LISTS[1].len() + LISTS[2].len();
    let mut all = [EMPTY; COUNT];
    let (mut list, mut filled) = (0, 0);
    while list < LISTS.len() {
        let mut at = 0;
        while at < LISTS[list].len() {
            all[filled] = LISTS[list][at];
            (at, filled) = (at + 1, filled + 1);
        }
        list += 1;
    }
    all
};

const OTHERS: &[Helper] = &[
    Helper {
        name: "task.get",
        doc: "Returns the state of a task: work that continues after the call that requested it. The waiter task_done waits \
              for its end.",
        arguments: &[needed("task_id", "int", "The task: the requestId of the response that started it.")],
        action: Action::Call(|connection, given| {
            let clusters = ccs::cluster::Client::new(connection.clone());
            Ok(Plan::of(clusters.task(given.int("task_id")?).get().input()))
        }),
    },
    series::SEND,
    Helper {
        name: "short_region",
        doc: "The name of a region in requests: gz for ap-guangzhou. An unknown name stays as it is.",
        arguments: &[REGION],
        action: Action::Value(|given| Ok(ccs::short_region(given.text("region")?).into())),
    },
    Helper {
        name: "long_region",
        doc: "The name of a region in responses: ap-guangzhou for gz. An unknown name stays as it is.",
        arguments: &[REGION],
        action: Action::Value(|given| Ok(ccs::long_region(given.text("region")?).into())),
    },
    Helper {
        name: "region_number",
        doc: "The number of a region in triggers (clusterRegion), or null if no document lists it.",
        arguments: &[REGION],
        action: Action::Value(|given| Ok(ccs::region_number(given.text("region")?).into())),
    },
    Helper {
        name: "module_code",
        doc: "The code of the module behind the service, which is in brackets before the message of an error, or null.",
        arguments: &[needed("message", "string", "The message of an error.")],
        action: Action::Value(|given| Ok(ccs::module_code(given.any_text("message")?).into())),
    },
];
