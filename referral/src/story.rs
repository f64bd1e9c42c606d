//! The story of a conversion: everything its credit and its rewards rest on, for the merchant whole, for a referrer less
//! what is another's. In words: [`words`].
//!
//! What a referrer is not shown: ids, codes and clicks of other referrers, the friend's own rewards and signed clicks, the
//! merchant's ids of orders and customers, amounts of sales, weights of doubts.

mod parts;
mod words;

pub use parts::{Credit, Decision, Dispute, Flag, Kind, Loser, Move, Refund, Reward, Skipped, Step, Touch};
pub use words::{Answer, explain, why_nothing};

use crate::attribution::{Outcome, Reason};
use crate::instant::Instant;
use crate::money::Currency;
use crate::reward::{Cut, NoReward, State};
use crate::terms::qualification::Stage;
use crate::terms::{Model, Side};
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Everything the credit for a conversion and its rewards rest on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Story {
    /// Which conversion.
    pub conversion_id: String,
    /// A lead or a sale.
    #[serde(default)]
    pub kind: Kind,
    /// The merchant's id of a sale's order; theirs to know.
    #[serde(default)]
    pub order_id: Option<String>,
    /// The event of a lead.
    #[serde(default)]
    pub event: Option<String>,
    /// The merchant's id of the customer; theirs to know.
    #[serde(default)]
    pub customer_id: Option<String>,
    /// A sale's amount in minor units; the merchant's to know.
    #[serde(default)]
    pub amount: Option<i64>,
    /// The currency of the sale.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// When it happened.
    pub occurred_at: Instant,
    /// Whom it is credited to now.
    pub attribution: Credit,
    /// Why, in a sentence.
    pub because: String,
    /// Which click wins under the terms.
    pub model: Model,
    /// Minutes in which nobody else's click took over from one; traces from before there were such have none.
    #[serde(default)]
    pub stand_down_minutes: u16,
    /// Days in which a click can win.
    pub window_days: u16,
    /// Whether only new customers are credited.
    pub first_customer_only: bool,
    /// The version of the terms that judged when it was recorded.
    pub terms_version: u32,
    /// Every touch, in the order they were told.
    pub touches: Vec<Touch>,
    /// Those that did not win.
    #[serde(default)]
    pub losers: Vec<Loser>,
    /// Rules that granted nothing when it was recorded.
    #[serde(default)]
    pub rules_without_reward: Vec<Skipped>,
    /// Rules that granted less than they say.
    #[serde(default)]
    pub rules_cut: Vec<Cut>,
    /// Doubts.
    #[serde(default)]
    pub flags: Vec<Flag>,
    /// Rewards.
    #[serde(default)]
    pub rewards: Vec<Reward>,
    /// Refunds that have met the sale.
    #[serde(default)]
    pub refunds: Vec<Refund>,
    /// Steps of the lead.
    #[serde(default)]
    pub stages: Vec<Step>,
    /// What persons decided about the rewards.
    #[serde(default)]
    pub decisions: Vec<Decision>,
    /// Where the credit went after it was recorded.
    #[serde(default)]
    pub reattributions: Vec<Move>,
    /// Disputes about it.
    #[serde(default)]
    pub disputes: Vec<Dispute>,
}

/// What a conversion came to, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", content = "reason", rename_all = "snake_case")]
pub enum Verdict {
    /// Credited and rewarded.
    Credited,
    /// Credited, and a person must decide before the reward goes on.
    Held,
    /// Credited, and every reward was taken back.
    TakenBack,
    /// The shop found that the lead does not qualify.
    Rejected,
    /// Credited, and no rule of the terms gave anything.
    NoReward(Option<NoReward>),
    /// Not credited.
    Unattributed(Outcome),
}

impl Story {
    /// Fills in what follows from the rest: who lost and why, whose touch lost the credit later, the sentences, once it has
    /// been read from what is stored.
    #[must_use]
    pub fn told(mut self) -> Self {
        let moved_to = self.reattributions.last().and_then(|last| last.referrer_id.clone());
        for touch in &mut self.touches {
            // What won when it was recorded has lost the credit since.
            if moved_to.is_some() && touch.outcome == Outcome::Won && touch.referrer_id != moved_to {
                touch.outcome = Outcome::Refused(Reason::Reattributed);
            }
        }
        let lost = |touch: &&Touch| touch.outcome != Outcome::Won;
        self.losers = self.touches.iter().filter(lost).map(Loser::of).collect();
        for loser in &mut self.losers {
            // Who was given the credit later did not lose.
            if moved_to.is_some() && loser.referrer_id == moved_to {
                loser.reason = Outcome::Won;
            }
        }
        self.losers.retain(|loser| loser.reason != Outcome::Won);
        self.attribution.sentence().clone_into(&mut self.because);
        for skipped in &mut self.rules_without_reward {
            skipped.reason.sentence().clone_into(&mut skipped.because);
        }
        self
    }

    /// Whether it concerns a referrer: their link was followed, they are credited, were or came to be.
    pub fn concerns(&self, mine: &[String]) -> bool {
        let mine = |id: Option<&String>| id.is_some_and(|id| mine.contains(id));
        let credited = match &self.attribution {
            Credit::Attributed { referrer_id, .. } => mine(Some(referrer_id)),
            Credit::Unattributed { .. } => false,
        };
        let moved = |one: &Move| mine(one.lost_by.as_ref()) || mine(one.referrer_id.as_ref());
        credited
            || self.touches.iter().any(|touch| mine(touch.referrer_id.as_ref()))
            || self.reattributions.iter().any(moved)
    }

    /// What a referrer may read of it.
    #[must_use]
    pub fn for_referrer(mut self, mine: &[String]) -> Self {
        let is_mine = |id: &Option<String>| id.as_ref().is_some_and(|id| mine.contains(id));
        let credited = match &mut self.attribution {
            Credit::Attributed { referrer_id, click_id, .. } => {
                // The friend's signed click is the merchant's to know.
                *click_id = None;
                mine.contains(referrer_id)
            }
            Credit::Unattributed { .. } => false,
        };
        if !credited && let Some(reason) = self.why_not(mine) {
            self.attribution = Credit::Unattributed { reason };
            reason.sentence().clone_into(&mut self.because);
        }
        (self.order_id, self.customer_id, self.amount, self.currency) = (None, None, None, None);
        for touch in &mut self.touches {
            touch.click_id = None;
            if !is_mine(&touch.referrer_id) {
                (touch.code, touch.referrer_id) = (None, None);
            }
        }
        for loser in &mut self.losers {
            if !is_mine(&loser.referrer_id) {
                (loser.code, loser.referrer_id) = (None, None);
            }
        }
        self.rewards.retain(|reward| mine.contains(&reward.person_id));
        let rewards = &self.rewards;
        self.decisions.retain(|decision| rewards.iter().any(|reward| reward.id == decision.reward_id));
        if !credited {
            // What another was promised is theirs.
            self.rules_without_reward.clear();
            self.rules_cut.clear();
            self.stages.clear();
            self.refunds.clear();
        }
        self.flags.retain(|flag| is_mine(&flag.referrer_id));
        for flag in &mut self.flags {
            (flag.id, flag.weight) = (None, None);
        }
        for refund in &mut self.refunds {
            (refund.refund_id, refund.amount) = (None, None);
        }
        self.disputes.retain(|dispute| mine.contains(&dispute.referrer_id));
        let disputes = &self.disputes;
        for one in &mut self.reattributions {
            if one.dispute_id.as_ref().is_some_and(|id| !disputes.iter().any(|dispute| dispute.id == *id)) {
                one.dispute_id = None;
            }
            for id in [&mut one.lost_by, &mut one.referrer_id] {
                if !is_mine(id) {
                    *id = None;
                }
            }
            if one.referrer_id.is_none() {
                one.code = None;
            }
        }
        self
    }

    /// Why a referrer is not credited: the credit went away, or what became of their last touch.
    fn why_not(&self, mine: &[String]) -> Option<Outcome> {
        let lost = |one: &Move| one.lost_by.as_ref().is_some_and(|id| mine.contains(id));
        if self.reattributions.iter().any(lost) {
            return Some(Outcome::Refused(Reason::Reattributed));
        }
        let touched = |touch: &&Touch| touch.referrer_id.as_ref().is_some_and(|id| mine.contains(id));
        let outcome = self.touches.iter().rev().find(touched).map(|touch| touch.outcome);
        // Whose winning touch stands beside another's credit lost it: the customer was theirs before they were joined.
        outcome.map(|outcome| if outcome == Outcome::Won { Outcome::CustomerBound } else { outcome })
    }

    /// What it came to.
    pub fn verdict(&self) -> Verdict {
        let reason = match &self.attribution {
            Credit::Attributed { .. } => None,
            Credit::Unattributed { reason } => Some(*reason),
        };
        let of_referrer = || self.rewards.iter().filter(|reward| reward.to == Side::Referrer);
        let standing = |reward: &&Reward| reward.state != State::Voided.word();
        match reason {
            Some(reason) => Verdict::Unattributed(reason),
            None if self.stages.last().is_some_and(|step| step.stage == Stage::Rejected) => Verdict::Rejected,
            None if of_referrer().any(|reward| reward.state == State::Held.word()) => Verdict::Held,
            None if of_referrer().any(|reward| standing(&reward)) => Verdict::Credited,
            None if of_referrer().next().is_some() => Verdict::TakenBack,
            None => Verdict::NoReward(self.rules_without_reward.first().map(|skipped| skipped.reason)),
        }
    }
}

#[cfg(test)]
mod tests;
