//! Doubt: what is known of a credited conversion, gathered and laid before `referral::fraud`, and the rows it leaves.

use super::book::{Book, Loaded, new_id};
use super::conversion::{Conversion, Kind};
use super::sighting::{self, Seen};
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::attribution::{Attribution, Rule as Won};
use referral::fraud::facts::{LATE_MS, LONG_WINDOW_MS, SHORT_WINDOW_MS};
use referral::fraud::person::Person;
use referral::fraud::{self, Facts, Flag, Rule};
use referral::instant::Instant;
use referral::terms::Side;
use serde_json::{Value, json};

/// What is doubted about a conversion.
#[derive(Default)]
pub(crate) struct Doubt {
    pub(crate) flags: Vec<Flag>,
    facts: Facts,
    /// The referrer gains nothing until a person says so.
    suspended: bool,
    settings_version: u32,
    seen: Option<Seen>,
}

impl Doubt {
    /// Why a side's reward is held; none where it is not.
    pub(crate) fn holds(&self, program: &Loaded, side: Side) -> Option<&'static str> {
        if self.suspended && side == Side::Referrer {
            return Some("suspended");
        }
        program.fraud.settings.holds(&fraud::weights(&self.flags), side).then_some("flagged")
    }
}

/// Judges a credited conversion. The friend's e-mail and name are those told with it, or those told before.
pub(crate) fn judge(
    book: &Book,
    program: &Loaded,
    writes: &mut Writes,
    conversion: &Conversion,
    attribution: &Attribution,
    friend_id: &str,
) -> Result<Doubt, Problem> {
    type Row = (Option<String>, Option<String>, Option<String>, Option<String>, u32, u32, Option<String>);
    let Attribution::Attributed { referrer_id, click_id, clicked_at, rule, .. } = attribution else {
        return Ok(Doubt::default());
    };
    let now = conversion.occurred_at;
    let row: Option<Row> = book.database.row(sql!("ledger/doubt"), &(referrer_id, friend_id, now.ms()))?;
    let (email, name, friend_email, friend_name, short, long, state) = row.unwrap_or_default();
    let mut facts = Facts { in_30_minutes: short + 1, in_24_hours: long + 1, ..Facts::default() };
    let told = &conversion.person;
    facts.compare(
        Person { email: email.as_deref(), name: name.as_deref() },
        Person {
            email: told.email.as_deref().or(friend_email.as_deref()),
            name: told.name.as_deref().or(friend_name.as_deref()),
        },
    );
    facts.landed(conversion.presented.landing_url.as_deref(), conversion.presented.referring_host.as_deref());
    facts.click_age_ms = click_id.as_ref().map(|_| now.since_ms(*clicked_at));
    if let Kind::Sale { paid, .. } = &conversion.kind {
        let amounts: Vec<(i64,)> = book.database.rows(sql!("ledger/amounts"), &[paid.currency.code()])?;
        facts.paid(paid.amount, amounts.into_iter().map(|(amount,)| amount).collect());
    }
    if *rule != Won::BoundCustomer && facts.click_age_ms.is_some_and(|age| age > LATE_MS) {
        let row: Option<(u32, u32)> =
            book.database.row(sql!("ledger/late_friends"), &(referrer_id, LATE_MS))?;
        let (late, of) = row.unwrap_or_default();
        (facts.late, facts.late_of) = (late + 1, of + 1);
    }
    let told_now = click_id.is_none() || *click_id == conversion.presented.click_id;
    facts.browser_claim = !told_now && claimed(book, click_id.as_deref(), friend_id)?;
    let seen = sighting::seen(book, writes, &conversion.presented.told)?;
    if let Some(seen) = &seen {
        facts.met = seen.meets(book, referrer_id, friend_id)?;
    }
    Ok(Doubt {
        flags: fraud::judge(&program.fraud.settings, &facts),
        facts,
        suspended: state.as_deref() == Some("suspended"),
        settings_version: program.fraud.version,
        seen,
    })
}

/// Whether only a browser told of a click, and no person has let that pass for this friend.
fn claimed(book: &Book, click_id: Option<&str>, friend_id: &str) -> Result<bool, Problem> {
    let standing: Option<(u8, u8)> =
        book.database.row(sql!("ledger/claim_standing"), &(click_id, friend_id))?;
    Ok(standing.is_some_and(|(claimed, released)| claimed == 1 && released == 0))
}

/// A row of the table of flags.
type FlagRow<'a> = (String, &'a str, &'a str, &'a str, &'static str, u32, String, u32, i64);

/// Writes the flags of a conversion, what it was judged by, and where the friend was seen. Velocity flags the
/// conversions before it too: the fourth of a burst says what the first three were.
pub(crate) fn write(
    book: &Book,
    program: &Loaded,
    writes: &mut Writes,
    doubt: &Doubt,
    conversion: (&str, Instant),
    (referrer_id, friend_id): (&str, &str),
    now: Instant,
) -> Result<(), Problem> {
    let (id, occurred_at) = conversion;
    writes.add(sql!("ledger/observation_insert"), &(id, serde_json::to_string(&doubt.facts)?))?;
    if let Some(seen) = &doubt.seen {
        seen.write(writes, referrer_id, friend_id)?;
    }
    let version = doubt.settings_version;
    let mut rows: Vec<FlagRow<'_>> = Vec::new();
    for flag in &doubt.flags {
        let evidence = flag.evidence.to_string();
        let word = flag.rule.word();
        rows.push((
            new_id("flg")?,
            id,
            referrer_id,
            friend_id,
            word,
            flag.weight,
            evidence,
            version,
            now.ms(),
        ));
    }
    let velocity = doubt.flags.iter().find(|flag| flag.rule == Rule::Velocity);
    let earlier = match velocity {
        Some(_) => earlier(book, program, &doubt.facts, referrer_id, occurred_at)?,
        None => Vec::new(),
    };
    if let Some(flag) = velocity {
        let evidence = with_last(&flag.evidence, id);
        for one in &earlier {
            let (evidence, word) = (evidence.clone(), flag.rule.word());
            let row = (
                new_id("flg")?,
                &*one.id,
                referrer_id,
                &*one.friend_id,
                word,
                flag.weight,
                evidence,
                version,
                now.ms(),
            );
            rows.push(row);
        }
        hold(program, writes, &earlier, flag)?;
    }
    if rows.is_empty() {
        return Ok(());
    }
    Ok(writes.add(sql!("ledger/flags_insert"), &[serde_json::to_string(&rows)?])?)
}

fn with_last(evidence: &Value, id: &str) -> String {
    let mut evidence = evidence.clone();
    if let Some(fields) = evidence.as_object_mut() {
        fields.insert("with".to_owned(), json!(id));
    }
    evidence.to_string()
}

/// A conversion of the same referrer shortly before, which no velocity flag stands at yet.
struct Earlier {
    id: String,
    friend_id: String,
    /// Rule and weight of its open flags.
    open: Vec<(Rule, u32)>,
}

/// The conversions of the window whose count is too high; the longer one where both are.
fn earlier(
    book: &Book,
    program: &Loaded,
    facts: &Facts,
    referrer_id: &str,
    at: Instant,
) -> Result<Vec<Earlier>, Problem> {
    let long = facts.in_24_hours > program.fraud.settings.velocity.in_24_hours;
    let window = if long { LONG_WINDOW_MS } else { SHORT_WINDOW_MS };
    let row = (referrer_id, at.ms() - window, at.ms());
    let rows: Vec<(String, String, String)> = book.database.rows(sql!("ledger/velocity_earlier"), &row)?;
    let read = |(id, friend_id, open): (String, String, String)| {
        Ok(Earlier { id, friend_id, open: serde_json::from_str(&open)? })
    };
    rows.into_iter().map(read).collect()
}

/// Holds the rewards of earlier conversions that have not been paid out.
fn hold(program: &Loaded, writes: &mut Writes, earlier: &[Earlier], flag: &Flag) -> Result<(), Problem> {
    for (side, word) in [(Side::Referrer, "referrer"), (Side::Friend, "friend")] {
        let held = |one: &&Earlier| {
            let mut open = one.open.clone();
            open.push((flag.rule, flag.weight));
            program.fraud.settings.holds(&open, side)
        };
        let held: Vec<&str> = earlier.iter().filter(held).map(|one| one.id.as_str()).collect();
        if !held.is_empty() {
            writes.add(sql!("ledger/rewards_hold"), &(serde_json::to_string(&held)?, word))?;
        }
    }
    Ok(())
}
