//! Attribution: whose good word brought this conversion, and why, or the typed reason why nobody's.
//!
//! Each touch is judged by the terms in force at its own click: what its referrer was promised. Which of several good
//! touches wins is said by the terms in force when the conversion happened. The winner's terms judge the conversion from
//! there on; it keeps them.

mod contest;
mod words;

pub use words::{Outcome, Reason, Rule};

use crate::instant::{DAY_MS, Instant};
use crate::terms::{Model, Terms};
use alloc::string::String;
use alloc::vec::Vec;
pub use contest::takes_over;
use contest::{stood_down, winner};
use serde::{Deserialize, Serialize};

/// Somebody's link or code met this customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    /// The code of the link.
    pub code: String,
    /// The click; none where the merchant sent the code alone (a code told at the till).
    pub click_id: Option<String>,
    /// When it was followed; for a code alone, when the conversion happened.
    pub clicked_at: Instant,
    /// Who owns the code; none where nobody does.
    pub owner: Option<Owner>,
    /// What was in force when it was followed.
    pub terms: InForce,
}

/// What a version of the terms says about one touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InForce {
    /// The version.
    pub version: u32,
    /// Days in which the touch can win.
    pub window_days: u16,
    /// Credit only customers the merchant did not know before.
    pub first_customer_only: bool,
}

impl InForce {
    /// Of a version of the terms.
    pub const fn of(terms: &Terms, version: u32) -> Self {
        Self { version, window_days: terms.window_days, first_customer_only: terms.first_customer_only }
    }
}

/// The referrer behind a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Referrer id.
    pub referrer_id: String,
    /// The merchant's own id of the referrer, where the merchant told it.
    pub external_id: Option<String>,
}

/// The customer already belongs to a referrer, since their first credited conversion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Referrer id.
    pub referrer_id: String,
    /// The merchant's own id of the referrer, where the merchant told it, perhaps only since then.
    pub external_id: Option<String>,
    /// The code that won then.
    pub code: String,
    /// The click that won then.
    pub click_id: Option<String>,
    /// When it was followed.
    pub clicked_at: Instant,
    /// What was in force then.
    pub terms: InForce,
}

/// What is known when a conversion is judged.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// Which of several clicks wins, by the terms in force when it happened.
    pub model: Model,
    /// Minutes in which nobody else's click takes over from one, by the same terms.
    pub stand_down_minutes: u16,
    /// What is in force where no touch wins.
    pub terms: InForce,
    /// When the conversion happened.
    pub occurred_at: Instant,
    /// The merchant's id of the customer.
    pub customer_id: &'a str,
    /// Whom the customer belongs to already.
    pub binding: Option<&'a Binding>,
    /// The customer converted before and nobody was credited.
    pub known_customer: bool,
    /// A click id came with the conversion and did not prove itself.
    pub invalid_click: bool,
    /// All touches of this customer, in the order they were told.
    pub touches: &'a [Touch],
}

/// The decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Attribution {
    /// A referrer is credited.
    Attributed {
        /// Who.
        referrer_id: String,
        /// By which code.
        code: String,
        /// By which click; null where the merchant named the code.
        click_id: Option<String>,
        /// When the link was followed.
        clicked_at: Instant,
        /// Why this one.
        rule: Rule,
        /// Under which version of the terms.
        terms_version: u32,
    },
    /// Nobody is credited.
    Unattributed {
        /// Why.
        reason: Reason,
    },
}

/// One touch in a trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracedTouch {
    /// The code of the link.
    pub code: String,
    /// The click.
    pub click_id: Option<String>,
    /// When it was followed.
    pub clicked_at: Instant,
    /// Whose code it is.
    pub referrer_id: Option<String>,
    /// The version of the terms in force when it was followed.
    pub terms_version: u32,
    /// What became of it.
    pub outcome: Outcome,
}

/// Everything the decision rests on; merchant and referrer read the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The decision.
    pub attribution: Attribution,
    /// One sentence that says why.
    pub because: String,
    /// When the conversion happened.
    pub occurred_at: Instant,
    /// Which click wins under the terms.
    pub model: Model,
    /// Minutes in which nobody else's click takes over from one.
    #[serde(default)]
    pub stand_down_minutes: u16,
    /// Days in which a click can win.
    pub window_days: u16,
    /// Whether only new customers are credited.
    pub first_customer_only: bool,
    /// The version of the terms that judged.
    pub terms_version: u32,
    /// Every touch and what became of it, in the order they were told.
    pub touches: Vec<TracedTouch>,
}

/// Judges a conversion.
pub fn decide(case: &Case<'_>) -> Trace {
    let verdicts: Vec<Option<Reason>> = case.touches.iter().map(|touch| refusal(case, touch)).collect();
    let stood_down = stood_down(case, &verdicts);
    let winner = if case.binding.is_some() { None } else { winner(case, &verdicts, &stood_down) };
    let won = winner.and_then(|at| case.touches.get(at));
    let terms =
        case.binding.map(|binding| binding.terms).or(won.map(|touch| touch.terms)).unwrap_or(case.terms);
    // Whom a customer was bound to may turn out to be the customer, once they have signed in.
    let own = case.binding.is_some_and(|binding| binding.external_id.as_deref() == Some(case.customer_id));
    let attribution = match (case.binding, won) {
        (Some(_), _) if own => Attribution::Unattributed { reason: Reason::SelfReferral },
        (Some(binding), _) => Attribution::Attributed {
            referrer_id: binding.referrer_id.clone(),
            code: binding.code.clone(),
            click_id: binding.click_id.clone(),
            clicked_at: binding.clicked_at,
            rule: Rule::BoundCustomer,
            terms_version: terms.version,
        },
        (None, Some(touch)) => Attribution::Attributed {
            referrer_id: touch.owner.as_ref().map(|owner| owner.referrer_id.clone()).unwrap_or_default(),
            code: touch.code.clone(),
            click_id: touch.click_id.clone(),
            clicked_at: touch.clicked_at,
            rule: match (touch.click_id.is_some(), case.model) {
                (false, _) => Rule::Code,
                (true, Model::LastClick) => Rule::LastClick,
                (true, Model::FirstClick) => Rule::FirstClick,
            },
            terms_version: terms.version,
        },
        (None, None) => Attribution::Unattributed { reason: reason(case, &verdicts) },
    };
    let touches = case.touches.iter().zip(&verdicts).enumerate().map(|(at, (touch, verdict))| TracedTouch {
        code: touch.code.clone(),
        click_id: touch.click_id.clone(),
        clicked_at: touch.clicked_at,
        referrer_id: touch.owner.as_ref().map(|owner| owner.referrer_id.clone()),
        terms_version: touch.terms.version,
        outcome: outcome(case, winner == Some(at), stood_down.contains(&at), *verdict),
    });
    Trace {
        because: because(&attribution).into(),
        attribution,
        occurred_at: case.occurred_at,
        model: case.model,
        stand_down_minutes: case.stand_down_minutes,
        window_days: terms.window_days,
        first_customer_only: terms.first_customer_only,
        terms_version: terms.version,
        touches: touches.collect(),
    }
}

/// Why a touch cannot win, whatever the others are.
fn refusal(case: &Case<'_>, touch: &Touch) -> Option<Reason> {
    let Some(owner) = &touch.owner else {
        return Some(Reason::UnknownCode);
    };
    let age = case.occurred_at.since_ms(touch.clicked_at);
    if age < 0 {
        Some(Reason::ClickAfterConversion)
    } else if age > i64::from(touch.terms.window_days) * DAY_MS {
        Some(Reason::OutsideWindow)
    } else if owner.external_id.as_deref() == Some(case.customer_id) {
        Some(Reason::SelfReferral)
    } else if is_existing(case, touch.terms) {
        Some(Reason::ExistingCustomer)
    } else {
        None
    }
}

/// Whether the customer is one these terms do not credit, since the merchant knew them before.
const fn is_existing(case: &Case<'_>, terms: InForce) -> bool {
    case.binding.is_none() && case.known_customer && terms.first_customer_only
}

fn reason(case: &Case<'_>, verdicts: &[Option<Reason>]) -> Reason {
    let existing = case.touches.iter().any(|touch| is_existing(case, touch.terms))
        || (case.invalid_click && is_existing(case, case.terms));
    match verdicts.last() {
        _ if existing => Reason::ExistingCustomer,
        _ if case.invalid_click => Reason::InvalidClick,
        Some(Some(reason)) => *reason,
        _ => Reason::NoClick,
    }
}

fn outcome(case: &Case<'_>, won: bool, stood_down: bool, verdict: Option<Reason>) -> Outcome {
    match (verdict, case.model) {
        (Some(reason), _) => Outcome::Refused(reason),
        _ if won => Outcome::Won,
        _ if case.binding.is_some() => Outcome::CustomerBound,
        _ if stood_down => Outcome::StoodDown,
        (None, Model::LastClick) => Outcome::LaterClickWon,
        (None, Model::FirstClick) => Outcome::EarlierClickWon,
    }
}

fn because(attribution: &Attribution) -> &'static str {
    match attribution {
        Attribution::Unattributed { reason } => reason.sentence(),
        Attribution::Attributed { rule, .. } => rule.sentence(),
    }
}

#[cfg(test)]
mod tests;
