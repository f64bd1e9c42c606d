//! What leads and sales share: who is credited, what is granted, what is answered.

use super::before::Who;
use super::book::{Book, Loaded, new_id};
use super::conversion::{Conversion, Kind};
use super::conversion_rows::{self as rows, RewardShown};
use super::decision::Decision;
use super::doubt::{self, Doubt};
use super::event;
use super::flag::About;
use super::grant::{Earning, Granted};
use super::judge::{FriendRow, judge};
use super::lead_stage;
use super::rate;
use super::refund;
use super::terms::{self, Version};
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::attribution::{Attribution, Trace};
use referral::event::Event;
use referral::exchange::Rate;
use referral::terms::Occasion;
use referral::terms::qualification::{Qualified, Stage};
use serde_json::json;

/// Records a lead or a sale, once.
pub(crate) fn record(book: &Book, conversion: &Conversion) -> Result<Decision, Problem> {
    let natural_key = conversion.kind.natural_key(&conversion.customer_id);
    if let Some(answer) = recorded(book, conversion, &natural_key)? {
        return Ok(Decision::answer(answer));
    }
    let program = book.program()?;
    let friend: Option<FriendRow> =
        book.database.row(sql!("ledger/friend_by_customer"), &[&conversion.customer_id])?;
    let trace = judge(book, &program, conversion, friend.as_ref())?;
    let now = book.now();
    let mut writes = Writes::default();
    let (prefix, recorded_as) = match conversion.kind {
        Kind::Lead { .. } => ("led", Event::LeadRecorded),
        Kind::Sale { .. } => ("sal", Event::SaleRecorded),
    };
    let id = new_id(prefix)?;
    let friend_id = rows::write_friend(&mut writes, conversion, &trace, friend, &id, now)?;
    rows::write_touch(&mut writes, &program, conversion, &friend_id, now)?;
    let born = Born::of(book, &program, conversion, &trace)?;
    let doubt = doubt::judge(book, &program, &mut writes, conversion, &trace.attribution, &friend_id)?;
    let mut granted = grant(book, &program, conversion, &trace, &friend_id, &born, &doubt)?;
    // Refunds that came before their sale meet it now, before anything is written: the answer shows the outcome.
    let early = match &conversion.kind {
        Kind::Sale { order_id, paid, .. } => refund::against(&mut granted.rewards, |standings| {
            refund::meet_waiting(book, order_id, paid.amount, standings)
        })?,
        Kind::Lead { .. } => Vec::new(),
    };
    let refunded = early.iter().map(|met| met.applied).sum();
    let shown = answer_body(conversion, &id, &trace, &granted.rewards, refunded, born.stage());
    let body = serde_json::to_string(&shown)?;
    rows::write_conversion(&mut writes, conversion, &natural_key, &id, &friend_id, &trace, now, &body)?;
    rows::write_runners_up(&mut writes, &id, &trace)?;
    rows::write_trace(&mut writes, &id, &trace, &granted, &doubt.flags)?;
    event::emit(&mut writes, recorded_as, &id, now, &shown)?;
    if let Some(referrer_id) = credited(&trace) {
        let about = About { conversion_id: &id, referrer_id, friend_id: &friend_id };
        doubt::write(book, &program, &mut writes, &doubt, &about, conversion.occurred_at, now)?;
    }
    if let (Kind::Sale { rate: Some(rate), .. }, Some(worth)) = (&conversion.kind, born.worth) {
        rate::write(&mut writes, &id, rate, worth, now)?;
    }
    if let Some(rule) = &born.qualified {
        let by = lead_stage::By { stage: Stage::Qualified, reason: &rule.sentence(), who: "rule" };
        lead_stage::write(&mut writes, &id, &friend_id, credited(&trace), &by, now)?;
    }
    rows::write_rewards(&mut writes, &id, &granted.rewards, now)?;
    for met in &early {
        met.write(&mut writes, &id, now)?;
    }
    Ok(Decision { answer: Answer { status: 201, body }, writes, audit: Some((recorded_as.word(), id)) })
}

/// The referrer who is credited.
fn credited(trace: &Trace) -> Option<&str> {
    match &trace.attribution {
        Attribution::Attributed { referrer_id, .. } => Some(referrer_id),
        Attribution::Unattributed { .. } => None,
    }
}

/// Grants what the terms in force at the click give a credited conversion; what is doubted is held.
fn grant(
    book: &Book,
    program: &Loaded,
    conversion: &Conversion,
    trace: &Trace,
    friend_id: &str,
    born: &Born<'_>,
    doubt: &Doubt,
) -> Result<Granted, Problem> {
    let mut granted = Granted::default();
    let Some(referrer_id) = credited(trace) else { return Ok(granted) };
    let occurred_at = conversion.occurred_at;
    let earning = Earning {
        terms: &born.version.terms,
        who: Who { referrer_id, friend_id, occurred_at, seq: None },
        amount: born.worth,
        hold_from: occurred_at,
        holds: doubt.holds(),
        granted_before: 0,
        freed: 0,
        counted: false,
    };
    let occasions: &[Occasion] = match (&conversion.kind, &born.qualified) {
        (Kind::Sale { .. }, _) => &[Occasion::Sale],
        (Kind::Lead { .. }, None) => &[Occasion::Lead],
        (Kind::Lead { .. }, Some(_)) => &[Occasion::Lead, Occasion::QualifiedLead],
    };
    for occasion in occasions {
        granted.add(book, program, &earning, *occasion)?;
    }
    Ok(granted)
}

/// What is known of a conversion besides who is credited.
struct Born<'a> {
    /// The terms that judge it.
    version: Version<'a>,
    /// A sale's amount in the program's currency.
    worth: Option<i64>,
    /// The rule that makes a lead a qualified one.
    qualified: Option<Qualified>,
}

impl<'a> Born<'a> {
    fn of(book: &Book, program: &'a Loaded, conversion: &Conversion, trace: &Trace) -> Result<Self, Problem> {
        let version = terms::of_number(book, program, trace.terms_version)?;
        Ok(match &conversion.kind {
            Kind::Sale { paid, rate, .. } => {
                Self { version, worth: rate::worth(program, *paid, rate.as_ref())?, qualified: None }
            }
            Kind::Lead { event } => {
                let email = conversion.person.email.as_deref();
                let qualified = version.terms.qualification.judge(event, email, conversion.email_verified);
                Self { version, worth: None, qualified }
            }
        })
    }

    fn stage(&self) -> Stage {
        if self.qualified.is_some() { Stage::Qualified } else { Stage::New }
    }
}

/// The first answer, where this conversion is in the ledger already.
fn recorded(book: &Book, conversion: &Conversion, natural_key: &str) -> Result<Option<Answer>, Problem> {
    type Row = (String, String, Option<i64>, Option<String>, String);
    let known: Option<Row> = book
        .database
        .row(sql!("ledger/conversion_by_natural_key"), &(conversion.kind.word(), natural_key))?;
    let Some((id, customer_id, amount, currency, body)) = known else {
        return Ok(None);
    };
    if let Kind::Sale { paid, .. } = &conversion.kind {
        let same = amount == Some(paid.amount)
            && currency.as_deref() == Some(paid.currency.code())
            && customer_id == conversion.customer_id;
        if !same {
            return Err(Problem::conflict(
                "order_conflict",
                "This order is in the ledger with another amount, currency or customer. What is recorded stays; send a refund to correct it.",
            ));
        }
    }
    if let Kind::Sale { rate: Some(rate), .. } = &conversion.kind {
        rate::check_told(book, &id, rate)?;
    }
    Ok(Some(Answer { status: 200, body }))
}

fn answer_body(
    conversion: &Conversion,
    id: &str,
    trace: &Trace,
    rewards: &[RewardShown],
    refunded: i64,
    stage: Stage,
) -> serde_json::Value {
    match &conversion.kind {
        Kind::Lead { event } => json!({
            "id": id,
            "customer_id": conversion.customer_id,
            "event": event,
            "occurred_at": conversion.occurred_at,
            "stage": stage,
            "attribution": trace.attribution,
            "rewards": rewards,
        }),
        Kind::Sale { order_id, paid, rate } => json!({
            "id": id,
            "order_id": order_id,
            "customer_id": conversion.customer_id,
            "amount": paid.amount,
            "currency": paid.currency,
            "exchange_rate": rate.as_ref().map(Rate::text),
            "refunded_amount": refunded,
            "occurred_at": conversion.occurred_at,
            "attribution": trace.attribution,
            "rewards": rewards,
        }),
    }
}
