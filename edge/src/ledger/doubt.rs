//! Doubt: what is known of a credited conversion, gathered and laid before `referral::fraud`, and what it keeps from
//! being paid.

use super::book::{Book, Loaded};
use super::conversion::{Conversion, Kind};
use super::flag::{self, About};
use super::retroactive;
use super::sighting::{self, Seen};
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::attribution::{Attribution, Rule as Won};
use referral::fraud::facts::LATE_MS;
use referral::fraud::person::Person;
use referral::fraud::{self, Facts, Flag, Rule, Settings};
use referral::instant::Instant;
use referral::terms::Side;

/// What keeps the rewards of a conversion from being paid.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holds {
    /// Rules and weights of its open flags.
    open: Vec<(Rule, u32)>,
    /// Its referrer gains nothing until a person says so.
    suspended: bool,
}

impl Holds {
    /// As a recorded conversion stands.
    pub(crate) fn of(book: &Book, conversion_id: &str, referrer_id: &str) -> Result<Self, Problem> {
        let row: Option<(String, Option<String>)> =
            book.database.row(sql!("ledger/holding"), &(conversion_id, referrer_id))?;
        let (open, state) = row.ok_or_else(|| Problem::internal("a row of subqueries is always there"))?;
        Ok(Self { open: serde_json::from_str(&open)?, suspended: state.as_deref() == Some("suspended") })
    }

    /// Why a side's reward is held; none where it is not.
    pub(crate) fn reason(&self, settings: &Settings, side: Side) -> Option<&'static str> {
        if self.suspended && side == Side::Referrer {
            return Some("suspended");
        }
        self.flagged(settings, side).then_some("flagged")
    }

    /// Whether open flags hold a side's reward.
    pub(crate) fn flagged(&self, settings: &Settings, side: Side) -> bool {
        settings.holds(&self.open, side)
    }

    /// With one more flag.
    pub(crate) fn and(mut self, flag: &Flag) -> Self {
        self.open.push((flag.rule, flag.weight));
        self
    }
}

/// What is doubted about a conversion.
#[derive(Default)]
pub(crate) struct Doubt {
    pub(crate) flags: Vec<Flag>,
    facts: Facts,
    suspended: bool,
    seen: Option<Seen>,
}

impl Doubt {
    pub(crate) fn holds(&self) -> Holds {
        Holds { open: fraud::weights(&self.flags), suspended: self.suspended }
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
    let Attribution::Attributed { referrer_id, click_id, clicked_at, rule, .. } = attribution else {
        return Ok(Doubt::default());
    };
    let now = conversion.occurred_at;
    let row: Option<(u32, u32, Option<String>, u8, u8)> =
        book.database.row(sql!("ledger/doubt"), &(referrer_id, now.ms(), click_id))?;
    let (short, long, state, own_browser, shared_target) = row.unwrap_or_default();
    let mut facts = Facts {
        in_30_minutes: short + 1,
        in_24_hours: long + 1,
        own_browser: own_browser == 1,
        shared_target: shared_target == 1,
        ..Facts::default()
    };
    compare(book, &mut facts, conversion, referrer_id, friend_id)?;
    facts.landed(conversion.presented.landing_url.as_deref(), conversion.presented.referring_host.as_deref());
    facts.click_age_ms = click_id.as_ref().map(|_| now.since_ms(*clicked_at));
    if let Kind::Sale { paid, .. } = &conversion.kind {
        // As one text: fifty rows cost fifty crossings.
        let amounts: Option<(String,)> =
            book.database.row(sql!("ledger/amounts"), &[paid.currency.code()])?;
        let amounts = amounts.map(|(amounts,)| serde_json::from_str(&amounts)).transpose()?;
        facts.paid(paid.amount, amounts.unwrap_or_default());
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
        seen,
    })
}

/// Compares the friend with all that is known of the referrer: with their account, with those who were joined to it, and
/// with what they bought themselves.
fn compare(
    book: &Book,
    facts: &mut Facts,
    conversion: &Conversion,
    referrer_id: &str,
    friend_id: &str,
) -> Result<(), Problem> {
    let known: Vec<(u8, Option<String>, Option<String>)> =
        book.database.rows(sql!("ledger/known_as"), &(referrer_id, friend_id))?;
    let of = |side: u8| {
        let of_side = known.iter().filter(move |(of, ..)| *of == side);
        of_side.map(|(_, email, name)| Person { email: email.as_deref(), name: name.as_deref() })
    };
    let (told, before) = (&conversion.person, of(1).next().unwrap_or_default());
    let friend =
        Person { email: told.email.as_deref().or(before.email), name: told.name.as_deref().or(before.name) };
    facts.compare(&of(0).collect::<Vec<_>>(), friend);
    Ok(())
}

/// Whether only a browser told of a click, and no person has let that pass for this friend.
fn claimed(book: &Book, click_id: Option<&str>, friend_id: &str) -> Result<bool, Problem> {
    let standing: Option<(u8, u8)> =
        book.database.row(sql!("ledger/claim_standing"), &(click_id, friend_id))?;
    Ok(standing.is_some_and(|(claimed, released)| claimed == 1 && released == 0))
}

/// Writes the flags of a conversion, what it was judged by, and where the friend was seen. Velocity flags the
/// conversions before it too: the fourth of a burst says what the first three were.
pub(crate) fn write(
    book: &Book,
    program: &Loaded,
    writes: &mut Writes,
    doubt: &Doubt,
    about: &About<'_>,
    occurred_at: Instant,
    now: Instant,
) -> Result<(), Problem> {
    let facts = serde_json::to_string(&doubt.facts)?;
    writes.add(sql!("ledger/observation_insert"), &(about.conversion_id, facts))?;
    if let Some(seen) = &doubt.seen {
        seen.write(writes, about.referrer_id, about.friend_id)?;
    }
    for flag in &doubt.flags {
        flag::raise(writes, program, about, flag, now)?;
        if flag.rule == Rule::Velocity {
            retroactive::burst(book, program, writes, (flag, &doubt.facts), about, occurred_at, now)?;
        }
    }
    Ok(())
}
