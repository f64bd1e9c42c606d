//! Grants the rewards of a credited conversion, when it is recorded or later, when a lead is qualified or a rate is told.

use super::before::{self, Who};
use super::book::{Book, Loaded, new_id};
use super::conversion_rows::RewardShown;
use super::doubt::Holds;
use crate::problem::Problem;
use crate::sql::sql;
use referral::instant::Instant;
use referral::reward::{self, Case, Cut, NoReward, Outcome, Skipped, State};
use referral::terms::{Occasion, Side, Terms};

/// A credited conversion that earns.
pub(crate) struct Earning<'a> {
    pub(crate) terms: &'a Terms,
    pub(crate) who: Who<'a>,
    /// A sale's amount in the program's currency.
    pub(crate) amount: Option<i64>,
    /// From when the hold counts.
    pub(crate) hold_from: Instant,
    /// What keeps its rewards from being paid.
    pub(crate) holds: Holds,
    /// What it was granted before, in minor units.
    pub(crate) granted_before: i64,
    /// What the same command takes back of others, in minor units.
    pub(crate) freed: i64,
    /// The ledger's volumes of the referrer include it: it was recorded before it could earn.
    pub(crate) counted: bool,
}

/// What the terms gave, and which rules gave nothing or less.
#[derive(Default)]
pub(crate) struct Granted {
    pub(crate) rewards: Vec<RewardShown>,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) cut: Vec<Cut>,
    /// Pools that a code was taken from.
    pools: Vec<String>,
}

impl Granted {
    fn sum(&self, side: Option<Side>) -> i64 {
        let of_side = |reward: &&RewardShown| side.is_none_or(|side| reward.to == side);
        self.rewards.iter().filter(of_side).map(|reward| reward.amount).sum()
    }

    /// Grants what the rules of one more occasion give, on top of what was granted here before.
    pub(crate) fn add(
        &mut self,
        book: &Book,
        program: &Loaded,
        earning: &Earning<'_>,
        occasion: Occasion,
    ) -> Result<(), Problem> {
        let mut facts = before::read(book, earning.terms, occasion, &earning.who)?;
        if earning.counted {
            for count in [&mut facts.volume.count, &mut facts.volume_of_month.count] {
                *count = (*count - 1).max(0);
            }
        }
        facts.of_conversion = earning.granted_before + self.sum(None);
        add(&mut facts.to_referrer, self.sum(Some(Side::Referrer)));
        add(&mut facts.to_all, self.sum(None) - earning.freed);
        let outcome = reward::grant(&Case {
            terms: earning.terms,
            occasion,
            amount: earning.amount,
            at: earning.hold_from,
            facts,
        });
        self.take(book, program, earning, outcome)
    }

    fn take(
        &mut self,
        book: &Book,
        program: &Loaded,
        earning: &Earning<'_>,
        outcome: Outcome,
    ) -> Result<(), Problem> {
        for grant in outcome.grants {
            let coupon = match &grant.coupon {
                None => None,
                Some(pool) => match self.coupon(book, pool, earning.who.friend_id)? {
                    Ok(code) => Some(code),
                    Err(reason) => {
                        self.skipped.push(Skipped { rule: grant.rule, reason });
                        continue;
                    }
                },
            };
            let held = earning.holds.reason(&program.fraud.settings, grant.to);
            let who = &earning.who;
            self.rewards.push(RewardShown {
                id: new_id("rwd")?,
                rule: grant.rule,
                to: grant.to,
                person_id: if grant.to == Side::Referrer { who.referrer_id } else { who.friend_id }
                    .to_owned(),
                amount: grant.amount,
                currency: program.currency,
                perk: grant.perk,
                coupon,
                state: if held.is_some() { State::Held } else { State::Pending },
                reason: held,
                needs_approval: grant.needs_approval,
                reversed_amount: 0,
                available_at: grant.available_at,
            });
            if !grant.needs_approval {
                book.due_at(grant.available_at.ms());
            }
        }
        self.skipped.extend(outcome.skipped);
        self.cut.extend(outcome.cut);
        Ok(())
    }
}

impl Granted {
    /// The code that a friend gets of a pool. What this command gives out already counts as given.
    fn coupon(
        &mut self,
        book: &Book,
        pool: &str,
        friend_id: &str,
    ) -> Result<Result<String, NoReward>, Problem> {
        let row: Option<(u8, Option<String>)> =
            book.database.row(sql!("ledger/coupon_next"), &(pool, friend_id))?;
        let (has_one, next) = row.unwrap_or_default();
        let given_now = self.pools.iter().any(|known| known == pool);
        let code = reward::coupon(has_one == 1 || given_now, next);
        if code.is_ok() {
            self.pools.push(pool.to_owned());
        }
        Ok(code)
    }
}

/// What was granted a moment ago is not in the ledger yet.
fn add(granted: &mut reward::Granted, amount: i64) {
    granted.ever += amount;
    granted.day += amount;
    granted.month += amount;
}
