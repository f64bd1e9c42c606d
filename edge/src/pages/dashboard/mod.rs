//! The merchant's pages, a file each.

pub(super) mod conversions;
pub(super) mod disputes;
pub(super) mod file;
mod former;
pub(super) mod links;
pub(super) mod look;
pub(super) mod overview;
pub(super) mod payouts;
pub(super) mod programs;
pub(super) mod readiness;
pub(super) mod referrers;
pub(super) mod review;
pub(super) mod rewards;
pub(super) mod roster;
pub(super) mod settings;
pub(super) mod short;
pub(super) mod sign_in;
pub(super) mod terms;
mod timeline;
mod whose;

use crate::problem::Problem;

/// The path of a call about one thing. An id that is none of ours is asked for nowhere.
pub(super) fn target(list: &str, id: &str, verb: &str) -> Result<String, Problem> {
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err(Problem::not_found());
    }
    Ok(if verb.is_empty() { format!("/v1/{list}/{id}") } else { format!("/v1/{list}/{id}/{verb}") })
}

use crate::pages::desk::{Fault, Refusal};
use crate::pages::frame::Frame;

/// A field that should hold an amount and does not.
fn not_money(frame: &Frame, field: &str) -> Refusal {
    Refusal::of(vec![Fault::own(frame.words.of("field", field), frame.t("fault.money"))])
}
