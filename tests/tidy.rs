//! The invariants of the architecture that a test can hold. Each is one test, and its name is the rule.

#[path = "tidy/contract.rs"]
mod contract;
#[path = "tidy/credit.rs"]
mod credit;
#[path = "tidy/exports.rs"]
mod exports;
#[path = "tidy/files.rs"]
mod files;
#[path = "tidy/guards.rs"]
mod guards;
#[path = "tidy/guide.rs"]
mod guide;
#[path = "tidy/logged.rs"]
mod logged;
#[path = "tidy/package.rs"]
mod package;
#[path = "tidy/referrers.rs"]
mod referrers;
#[path = "tidy/refusals.rs"]
mod refusals;
#[path = "tidy/rooms.rs"]
mod rooms;
#[path = "tidy/said.rs"]
mod said;
#[path = "tidy/statements.rs"]
mod statements;
#[path = "tidy/tables.rs"]
mod tables;
#[path = "tidy/typed.rs"]
mod typed;
#[path = "tidy/words.rs"]
mod words;

/// Fails with every place that breaks a rule.
#[track_caller]
fn none(rule: &str, places: &[String]) {
    assert!(places.is_empty(), "{rule}:\n  {}", places.join("\n  "));
}
