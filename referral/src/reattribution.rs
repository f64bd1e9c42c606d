//! Re-attribution: the credit for a conversion goes to another referrer, because a dispute was upheld.
//!
//! What is promised where:
//!
//! - **Nothing is edited.** What the referrer who loses the credit got is taken back by entries of its own, paid or not;
//!   what was paid is deducted from their next payout.
//! - **The friend keeps what they got**: they did nothing. Where they got nothing yet, they get what the terms give now.
//! - **The new rewards are those of the terms in force at the winner's own click**, or at the conversion where there was
//!   none, out of what the friend's rewards leave of the sale and of its caps.
//! - **Σ stays.** However often the credit goes to and fro, only the last one's rewards are left, less what was refunded
//!   before or after: the property below.

use crate::attribution::TracedTouch;
use crate::instant::Instant;
use crate::reward::State;
use crate::terms::{Side, Terms};
use alloc::string::String;

/// The touch by which a conversion is credited to a referrer: their last one before it, over the code that was named where
/// one was. `mine` are the ids under which the referrer is known.
pub fn touch<'a>(
    touches: &'a [TracedTouch],
    mine: &[String],
    code: Option<&str>,
    occurred_at: Instant,
) -> Option<&'a TracedTouch> {
    touches
        .iter()
        .filter(|touch| touch.referrer_id.as_ref().is_some_and(|id| mine.contains(id)))
        .filter(|touch| code.is_none_or(|code| touch.code == code) && touch.clicked_at <= occurred_at)
        .max_by_key(|touch| touch.clicked_at)
}

/// What goes with the credit of a reward that stands so: minor units, 0 for a perk. None where it stays as it is: the
/// friend's, what is taken back already, a perk that was given.
pub fn loss(to: Side, state: State, is_perk: bool, left: i64) -> Option<i64> {
    match (to, state) {
        (Side::Friend, _) | (_, State::Voided) => None,
        (Side::Referrer, State::Paid) => (!is_perk && left > 0).then_some(left),
        (Side::Referrer, State::Pending | State::Approved | State::Held) => Some(left),
    }
}

/// The terms that reward the winner: without promises to a friend who has something of this conversion, and without perks
/// that the winner was given for it before the credit went away.
pub fn terms(terms: &Terms, friend_has: bool, given: &[String]) -> Terms {
    let mut terms = terms.clone();
    terms.rewards.retain(|rule| !(given.contains(&rule.id) || friend_has && rule.to == Side::Friend));
    terms
}

#[cfg(test)]
mod tests;
