//! Entries: the lines of a movement, each with its link in the chain.

use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::chain::{ENTRY, Row};
use referral::instant::Instant;
use referral::money::Currency;
use serde::Serialize;

/// The program's own account.
pub(crate) const PROGRAM: &str = "program";

/// An amount that goes from one account to another because of a reward.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Movement<'a> {
    /// What moves it: the reward that is granted, or the refund or flag that takes it back.
    pub(crate) id: &'a str,
    pub(crate) reward_id: &'a str,
    pub(crate) person_id: &'a str,
    pub(crate) currency: Currency,
    /// To the person, in minor units; negative where it is taken back.
    pub(crate) amount: i64,
}

/// Writes movements, two lines each: what the program gives and what the person gets, or the other way round.
pub(crate) fn write(
    writes: &mut Writes,
    movements: &[Movement<'_>],
    taken_back_by: Option<&str>,
    now: Instant,
) -> Result<(), Problem> {
    #[derive(Serialize)]
    struct Line<'a>(&'a str, &'a str, &'static str, i64, &'a str, Option<&'a str>, i64);
    if movements.is_empty() {
        return Ok(());
    }
    let mut lines = Vec::with_capacity(movements.len() * 2);
    for m in movements {
        for (account, amount) in [(PROGRAM, -m.amount), (m.person_id, m.amount)] {
            let currency = m.currency.code();
            lines.push(Line(m.id, account, currency, amount, m.reward_id, taken_back_by, now.ms()));
            let fields = vec![
                m.id.into(),
                account.into(),
                currency.into(),
                amount.into(),
                m.reward_id.into(),
                taken_back_by.into(),
                now.ms().into(),
            ];
            // Its number is known when it is stored.
            writes.sealed.push(Row::new(ENTRY, "", fields));
        }
    }
    Ok(writes.add(sql!("ledger/entries_insert"), &[serde_json::to_string(&lines)?])?)
}
