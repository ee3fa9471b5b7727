//! The inspector in Chromium, while clients work. Without Chromium and ChromeDriver the tests say so and are left out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod accessibility;
mod clouds;
mod driver;
mod examples;
mod faults;
mod keyboard;
mod live;
mod outage;
mod page;
mod refused;
mod texts;
mod webdriver;
#[path = "../suite/witness.rs"]
#[allow(dead_code, reason = "the suite uses the rest of it")]
mod witness;
mod work;
