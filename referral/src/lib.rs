//! The rules of a referral program. Pure: facts in, decision out; no clock, no randomness, no network, no SQL.
//!
//! Without the feature `rules` only [`code`] is left, which is all a browser needs; the rest would bring `std` along.
#![no_std]
#[cfg(any(test, feature = "rules"))]
extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod code;

// Every module but `code` stands behind the feature: the widget is built without it.
#[cfg(feature = "rules")]
pub mod access;
#[cfg(feature = "rules")]
pub mod allowance;
#[cfg(feature = "rules")]
pub mod api_key;
#[cfg(feature = "rules")]
pub mod archive;
#[cfg(feature = "rules")]
pub mod asset;
#[cfg(feature = "rules")]
pub mod attribution;
#[cfg(feature = "rules")]
pub mod bots;
#[cfg(feature = "rules")]
pub mod browser;
#[cfg(feature = "rules")]
pub mod chain;
#[cfg(feature = "rules")]
pub mod channel;
#[cfg(feature = "rules")]
pub mod chart;
#[cfg(feature = "rules")]
pub mod click_token;
#[cfg(feature = "rules")]
pub mod csv;
#[cfg(feature = "rules")]
pub mod destination;
#[cfg(feature = "rules")]
pub mod event;
#[cfg(feature = "rules")]
pub mod exchange;
#[cfg(feature = "rules")]
pub mod expectation;
#[cfg(feature = "rules")]
pub mod facts;
#[cfg(feature = "rules")]
pub mod figures;
#[cfg(feature = "rules")]
pub mod first_name;
#[cfg(feature = "rules")]
pub mod fraud;
#[cfg(feature = "rules")]
pub mod funnel;
#[cfg(feature = "rules")]
pub mod identity;
#[cfg(feature = "rules")]
pub mod incentive;
#[cfg(feature = "rules")]
pub mod input;
#[cfg(feature = "rules")]
pub mod instant;
#[cfg(feature = "rules")]
pub mod link_secret;
#[cfg(feature = "rules")]
pub mod look;
#[cfg(feature = "rules")]
pub mod money;
#[cfg(feature = "rules")]
pub mod own_form;
#[cfg(feature = "rules")]
pub mod payout;
#[cfg(feature = "rules")]
pub mod period;
#[cfg(feature = "rules")]
pub mod promise;
#[cfg(feature = "rules")]
pub mod query;
#[cfg(feature = "rules")]
pub mod reattribution;
#[cfg(feature = "rules")]
pub mod resolution;
#[cfg(feature = "rules")]
pub mod retention;
#[cfg(feature = "rules")]
pub mod reward;
#[cfg(feature = "rules")]
pub mod root_keys;
#[cfg(feature = "rules")]
pub mod roster;
#[cfg(feature = "rules")]
pub mod session;
#[cfg(feature = "rules")]
pub mod simulation;
#[cfg(feature = "rules")]
pub mod story;
#[cfg(feature = "rules")]
pub mod table;
#[cfg(feature = "rules")]
mod tagged;
#[cfg(feature = "rules")]
pub mod terms;
#[cfg(feature = "rules")]
pub mod visit;
#[cfg(feature = "rules")]
pub mod visitor;
