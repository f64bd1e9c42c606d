//! Re-attribution: the credit for a conversion goes to the referrer whose dispute was upheld, with entries that take back
//! what went before and rewards by the terms in force at their own click.

use super::before::Who;
use super::book::{Book, new_id};
use super::conversion_rows as rows;
use super::doubt::Holds;
use super::grant::{Earning, Granted};
use super::rebinding;
use super::refund;
use super::terms;
use super::trace;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::attribution::{Attribution, Rule, Trace};
use referral::code::Code;
use referral::input::Put;
use referral::instant::Instant;
use referral::reattribution;
use referral::terms::qualification::Stage;
use referral::terms::{Occasion, Side};
use serde_json::{Value, json};

/// What was asked for.
pub(crate) struct Wanted<'a> {
    pub(crate) dispute_id: &'a str,
    pub(crate) conversion_id: &'a str,
    /// Who gets the credit, as they are known now.
    pub(crate) referrer_id: &'a str,
    /// Over which of their codes; the one of their last touch where it is left out.
    pub(crate) code: Option<Code>,
}

/// What came of it.
pub(crate) struct Moved {
    pub(crate) conversion_id: String,
    pub(crate) lost_by: Option<String>,
    pub(crate) referrer_id: String,
    pub(crate) terms_version: u32,
}

impl Moved {
    pub(crate) fn shown(&self) -> Value {
        json!({ "conversion_id": self.conversion_id, "lost_by": self.lost_by, "referrer_id": self.referrer_id })
    }
}

/// A conversion as a decision finds it.
struct Found {
    kind: String,
    seq: i64,
    friend_id: String,
    customer_id: String,
    amount: Option<i64>,
    occurred_at: Instant,
    credited_to: Option<String>,
    moves: i64,
    worth: Option<i64>,
    stage: Option<Stage>,
    trace: Trace,
}

impl Found {
    /// Reads it and refuses what must be settled before.
    fn read(book: &Book, id: &str) -> Result<Self, Problem> {
        type Row = (
            String,
            i64,
            String,
            String,
            Option<i64>,
            i64,
            Option<String>,
            i64,
            Option<i64>,
            Option<Stage>,
            u8,
            Option<String>,
            String,
        );
        let row: Option<Row> = book.database.row(sql!("ledger/reattributable"), &[id])?;
        let unknown = || {
            Problem::field("conversion_id", "out_of_range.conversion", "is no lead or sale of this program")
        };
        let (
            kind,
            seq,
            friend_id,
            customer_id,
            amount,
            occurred_at,
            credited_to,
            moves,
            worth,
            stage,
            doubted,
            payout,
            trace,
        ) = row.ok_or_else(unknown)?;
        if doubted == 1 {
            return Err(Problem::conflict(
                "flag_open",
                "A flag on this conversion is open. Decide it before the credit goes to somebody else.",
            ));
        }
        if let Some(payout) = payout {
            let detail = format!(
                "A reward of this conversion is in {payout}, which waits for the bank. Say what became of it first."
            );
            return Err(Problem::conflict("reward_in_payout", detail).put(vec![Put::Text(payout)]));
        }
        let (occurred_at, trace) = (Instant::from_ms(occurred_at), serde_json::from_str(&trace)?);
        Ok(Self {
            kind,
            seq,
            friend_id,
            customer_id,
            amount,
            occurred_at,
            credited_to,
            moves,
            worth,
            stage,
            trace,
        })
    }

    /// For what it is rewarded.
    fn occasions(&self) -> &'static [Occasion] {
        match (self.kind.as_str(), self.stage) {
            ("sale", _) => &[Occasion::Sale],
            (_, Some(Stage::Rejected)) => &[],
            (_, Some(Stage::Qualified)) => &[Occasion::Lead, Occasion::QualifiedLead],
            (_, Some(Stage::New) | None) => &[Occasion::Lead],
        }
    }
}

/// Writes everything that gives the credit to somebody else.
pub(crate) fn write(
    book: &Book,
    writes: &mut Writes,
    wanted: &Wanted<'_>,
    now: Instant,
) -> Result<Moved, Problem> {
    let id = wanted.conversion_id;
    let found = Found::read(book, id)?;
    let mine = trace::everyone(book, wanted.referrer_id)?;
    if found.credited_to.as_ref().is_some_and(|credited| mine.contains(credited)) {
        return Err(Problem::conflict(
            "already_credited",
            "This conversion is credited to that referrer already. Leave referrer_id and code out to uphold the dispute.",
        ));
    }
    let (external_id, own_code) = identity(book, wanted.referrer_id)?;
    if external_id.as_deref() == Some(found.customer_id.as_str()) {
        return Err(Problem::conflict(
            "self_referral",
            "The referrer is the customer: nobody earns by their own purchases.",
        ));
    }
    let named = wanted.code.as_ref().map(Code::as_str);
    let touch = reattribution::touch(&found.trace.touches, &mine, named, found.occurred_at);
    let clicked_at = touch.map_or(found.occurred_at, |touch| touch.clicked_at);
    let code = touch.map_or_else(|| named.unwrap_or(&own_code).to_owned(), |touch| touch.code.clone());
    let click_id = touch.and_then(|touch| touch.click_id.clone());
    let program = book.program()?;
    let version = terms::of_referrer(book, &program, wanted.referrer_id, clicked_at)?;

    let mut standings = refund::standings(book, id)?;
    let given = given(book, id, &mine)?;
    let friend_has = standings.iter().any(|standing| standing.to == Side::Friend);
    let kept_by_friend =
        standings.iter().filter(|standing| standing.to == Side::Friend).map(|one| one.amount).sum();
    let reattribution_id = new_id("rat")?;
    let freed = refund::take_with_credit(writes, &reattribution_id, &mut standings, now)?;

    let earning_terms = reattribution::terms(&version.terms, friend_has, &given);
    let earning = Earning {
        terms: &earning_terms,
        who: Who {
            referrer_id: wanted.referrer_id,
            friend_id: &found.friend_id,
            occurred_at: found.occurred_at,
            seq: Some(found.seq),
        },
        amount: found.worth,
        hold_from: found.occurred_at,
        holds: Holds::of(book, id, wanted.referrer_id)?,
        granted_before: kept_by_friend,
        freed,
        counted: false,
    };
    let mut granted = Granted::default();
    for occasion in found.occasions() {
        granted.add(book, &program, &earning, *occasion)?;
    }
    let met = match found.amount {
        Some(sale) => {
            refund::against(&mut granted.rewards, |standings| refund::meet_again(book, id, sale, standings))?
        }
        None => Vec::new(),
    };
    let attribution = Attribution::Attributed {
        referrer_id: wanted.referrer_id.to_owned(),
        code: code.clone(),
        click_id: click_id.clone(),
        clicked_at,
        rule: Rule::Dispute,
        terms_version: version.number,
    };
    let row = (
        &reattribution_id,
        wanted.dispute_id,
        id,
        &found.kind,
        &found.friend_id,
        found.moves + 1,
        &found.credited_to,
        wanted.referrer_id,
        &code,
        &click_id,
        clicked_at.ms(),
        version.number,
        serde_json::to_string(&attribution)?,
        now.ms(),
        rows::rules_without_effect(&granted).to_string(),
    );
    writes.add(sql!("ledger/reattribution_insert"), &row)?;
    let belongs: Option<(Option<String>,)> =
        book.database.row(sql!("ledger/friend_belongs_to"), &[&found.friend_id])?;
    if !belongs.and_then(|(owner,)| owner).is_some_and(|owner| mine.contains(&owner)) {
        let to = (Some(wanted.referrer_id), Some(code.as_str()), click_id.as_deref(), Some(clicked_at.ms()));
        rebinding::write(writes, &found.friend_id, to, &reattribution_id, now)?;
    }
    rows::write_rewards(writes, id, &granted.rewards, now)?;
    for met in &met {
        met.write_reversals(writes, now)?;
    }
    book.forget_due();
    Ok(Moved {
        conversion_id: id.to_owned(),
        lost_by: found.credited_to,
        referrer_id: wanted.referrer_id.to_owned(),
        terms_version: version.number,
    })
}

/// The merchant's own id of a referrer, and their first code.
fn identity(book: &Book, referrer_id: &str) -> Result<(Option<String>, String), Problem> {
    let row: Option<(Option<String>, String)> =
        book.database.row(sql!("ledger/referrer_identity"), &[referrer_id])?;
    row.ok_or_else(|| Problem::internal("a dispute is of a referrer who is not there"))
}

/// The rules by which this referrer was given a perk of this conversion before.
fn given(book: &Book, conversion_id: &str, mine: &[String]) -> Result<Vec<String>, Problem> {
    let rows: Vec<(String, String)> = book.database.rows(sql!("ledger/perks_given"), &[conversion_id])?;
    Ok(rows.into_iter().filter(|(person, _)| mine.contains(person)).map(|(_, rule)| rule).collect())
}

/// What a caller names as the conversion: its id, or the merchant's id of an order.
pub(crate) fn conversion_named(book: &Book, about: &str) -> Result<Option<String>, Problem> {
    let row: Option<(String,)> = book.database.row(sql!("ledger/conversion_named"), &[about])?;
    Ok(row.map(|(id,)| id))
}
