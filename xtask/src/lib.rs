//! Builds, runs, tests and measures Goodword.
//!
//! | module | what it holds |
//! |---|---|
//! | [`setup`] | installs what is missing, pinned |
//! | [`build`] | the edge, its test build, the widget |
//! | [`workerd`] | one running edge: start, kill, restart |
//! | [`dev`] | `cargo xtask dev`: edge, demo shop, demo program |
//! | [`suite`] | `cargo xtask test`: every check there is |
//! | [`crawlers`] | the list of crawlers, from its upstream |
//! | [`mail_domains`] | disposable and public mail domains, from theirs |
//! | [`fuzz`] | `cargo xtask fuzz`: hostile input, guided by coverage |
//! | [`bench`] | `cargo xtask bench`: what the edge costs, as ratios |
//! | [`history`] | years of a program, in a minute |
//! | [`size`] | bytes a visitor downloads, against the budget |
//! | [`children`], [`progress`], [`workspace`] | processes that die with us, one line per step, where things are |
//!
//! The binary is a thin shell over these; `tests/` uses [`workerd`] and [`build`] directly.

pub mod bench;
pub mod build;
pub mod children;
pub mod crawlers;
pub mod dev;
pub mod fuzz;
pub mod history;
pub mod mail_domains;
pub mod progress;
pub mod setup;
pub mod size;
pub mod suite;
pub mod workerd;
pub mod workspace;
