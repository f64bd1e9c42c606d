//! What a story consists of.

use crate::attribution::{Outcome, Rule};
use crate::instant::Instant;
use crate::money::Currency;
use crate::reward::NoReward;
use crate::terms::Side;
use crate::terms::qualification::Stage;
use alloc::borrow::ToOwned;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// A lead or a sale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A friend identified themselves.
    #[default]
    Lead,
    /// A friend paid.
    Sale,
}

/// Whom a conversion is credited to now, as its reader may know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Credit {
    /// A referrer is credited.
    Attributed {
        /// Who.
        referrer_id: String,
        /// By which code.
        code: String,
        /// By which click; none where there was none, or where it is the merchant's to know.
        click_id: Option<String>,
        /// When the link was followed.
        clicked_at: Instant,
        /// Why this one.
        rule: Rule,
        /// Under which version of the terms.
        terms_version: u32,
    },
    /// Nobody, or nobody the reader is told of.
    Unattributed {
        /// Why; for a referrer, why it is not them.
        reason: Outcome,
    },
}

/// One touch and what became of it. What names another referrer is left out for a referrer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touch {
    /// The code of the link.
    pub code: Option<String>,
    /// The click.
    pub click_id: Option<String>,
    /// When it was followed.
    pub clicked_at: Instant,
    /// Whose code it is.
    pub referrer_id: Option<String>,
    /// The version of the terms in force when it was followed.
    pub terms_version: u32,
    /// What became of it when the conversion was recorded; `reattributed` where it won, and the credit went on since.
    pub outcome: Outcome,
}

/// A touch that did not win, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loser {
    /// The code of the link; none where it is another referrer's.
    pub code: Option<String>,
    /// When it was followed.
    pub clicked_at: Instant,
    /// Whose code it is; none where it is another referrer's or nobody's.
    pub referrer_id: Option<String>,
    /// Why it lost.
    pub reason: Outcome,
    /// The same in a sentence.
    pub because: String,
}

/// A rule that granted nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The rule's id.
    pub rule: String,
    /// Why.
    pub reason: NoReward,
    /// The same in a sentence.
    #[serde(default)]
    pub because: String,
}

/// A doubt and what a person said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// Its id; none in a trace from before flags were shown with one.
    #[serde(default)]
    pub id: Option<String>,
    /// The word of its rule.
    pub rule: String,
    /// How much it weighs; the merchant's to know.
    #[serde(default)]
    pub weight: Option<u32>,
    /// The referrer it is about.
    #[serde(default)]
    pub referrer_id: Option<String>,
    /// `open`, `released` or `confirmed`.
    #[serde(default = "open")]
    pub status: String,
    /// The rule in a sentence.
    #[serde(default)]
    pub because: String,
    /// When a person decided.
    #[serde(default)]
    pub decided_at: Option<Instant>,
}

fn open() -> String {
    "open".to_owned()
}

/// A reward as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reward {
    /// Its id.
    pub id: String,
    /// The rule's id.
    pub rule: String,
    /// Which side.
    pub to: Side,
    /// Who gets it.
    pub person_id: String,
    /// Minor units.
    pub amount: i64,
    /// Of this currency.
    pub currency: Currency,
    /// What it is where it is not money.
    pub perk: Option<String>,
    /// `pending`, `approved`, `paid`, `fulfilled`, `held` or `voided`.
    pub state: String,
    /// Why it is held or voided.
    pub reason: Option<String>,
    /// Whether a person must let it pass.
    #[serde(default)]
    pub needs_approval: bool,
    /// Minor units taken back.
    pub reversed_amount: i64,
    /// When its hold ends.
    pub available_at: Instant,
}

/// A refund that has met the sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The merchant's id of it; theirs to know.
    #[serde(default)]
    pub refund_id: Option<String>,
    /// Minor units of the sale; the merchant's to know.
    #[serde(default)]
    pub amount: Option<i64>,
    /// When it met the sale.
    pub applied_at: Instant,
}

/// A step of a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Where it stands since.
    pub stage: Stage,
    /// Why. Free text of the merchant's where a person decided.
    #[serde(default)]
    pub reason: Option<String>,
    /// `rule` or `person`.
    pub decided_by: String,
    /// When.
    pub decided_at: Instant,
}

/// What a person decided about a reward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Which reward.
    pub reward_id: String,
    /// `approve`, `void` or `fulfil`.
    pub decision: String,
    /// When.
    pub decided_at: Instant,
}

/// The credit went to another referrer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// After this dispute.
    pub dispute_id: Option<String>,
    /// Who was credited before; none where nobody was, or where it is another referrer.
    pub lost_by: Option<String>,
    /// Who is credited since; none where it is another referrer.
    pub referrer_id: Option<String>,
    /// By which code.
    pub code: Option<String>,
    /// When.
    pub decided_at: Instant,
}

/// A dispute about the conversion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// Its id.
    pub id: String,
    /// Whose.
    pub referrer_id: String,
    /// How it stands.
    pub status: String,
}

impl Credit {
    /// One sentence that says why.
    pub const fn sentence(&self) -> &'static str {
        match self {
            Self::Attributed { rule, .. } => rule.sentence(),
            Self::Unattributed { reason } => reason.sentence(),
        }
    }
}

impl Loser {
    pub(super) fn of(touch: &Touch) -> Self {
        Self {
            code: touch.code.clone(),
            clicked_at: touch.clicked_at,
            referrer_id: touch.referrer_id.clone(),
            reason: touch.outcome,
            because: touch.outcome.sentence().to_owned(),
        }
    }
}
