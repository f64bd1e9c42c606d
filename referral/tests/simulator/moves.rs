//! Moves of credit, as an upheld dispute makes them.

use crate::facts::Verdict;
use crate::ledger::{Ledger, customer_id, entries, owner, referrer};
use crate::tables::{Change, Reward};
use referral::attribution::{Binding, InForce};
use referral::instant::Instant;
use referral::reattribution;
use referral::reward::{self, Facts, State};
use referral::terms::{Occasion, Side};

impl Ledger {
    /// Gives the credit for a conversion to whoever owns a code.
    pub(crate) fn give(&mut self, dispute: u8, conversion: &str, code: &str) -> Result<String, Verdict> {
        if let Some(answer) = self.tables.moved.get(&dispute) {
            return Ok(answer.clone());
        }
        let Some(mut credit) = self.tables.credits.get(conversion).cloned() else {
            return Err(Verdict::Unknown);
        };
        if self.tables.flags.contains_key(conversion) && !self.tables.decisions.contains_key(conversion) {
            return Err(Verdict::Doubted);
        }
        let winner = referrer(code);
        if credit.referrer.as_ref() == Some(&winner) {
            return Err(Verdict::Theirs);
        }
        let external_id = owner(code).and_then(|owner| owner.external_id);
        if external_id.as_deref() == Some(customer_id(credit.customer).as_str()) {
            return Err(Verdict::Own);
        }
        let at = Instant::from_ms(credit.at);
        let touch = reattribution::touch(&credit.touches, std::slice::from_ref(&winner), None, at);
        let clicked_at = touch.map_or(at, |touch| touch.clicked_at);
        let click_id = touch.and_then(|touch| touch.click_id.clone());
        credit.moves += 1;
        let number = credit.moves;
        let mut changes = Vec::new();
        let mut kept_by_friend = None;
        for (at, reward) in
            self.tables.rewards.iter().enumerate().filter(|(_, reward)| reward.conversion == conversion)
        {
            if reward.side == Side::Friend {
                kept_by_friend = Some(kept_by_friend.unwrap_or(0) + reward.amount);
            }
            let left = reward.amount - self.tables.reversed[at];
            if let Some(lost) = reattribution::loss(reward.side, reward.state, false, left) {
                changes.extend(entries(
                    &reward.rule,
                    &reward.person,
                    -lost,
                    Some(&format!("move {dispute}")),
                ));
                changes.push(Change::State(at, State::Voided));
            }
        }
        let outcome = reward::grant(&reward::Case {
            terms: &reattribution::terms(&self.terms, kept_by_friend.is_some(), &[]),
            occasion: if credit.paid.is_some() { Occasion::Sale } else { Occasion::Lead },
            amount: credit.paid.and_then(|(_, worth)| worth),
            at,
            facts: Facts { of_conversion: kept_by_friend.unwrap_or(0), ..Facts::default() },
        });
        let refunded = self.applied_to(conversion);
        for grant in outcome.grants {
            let rule = format!("{conversion} {} #{number}", grant.rule);
            let person =
                if grant.to == Side::Referrer { winner.clone() } else { customer_id(credit.customer) };
            changes.extend(entries(&rule, &person, grant.amount, None));
            let mut reversed = 0;
            for (refund, in_all) in &refunded {
                let sale = credit.paid.map_or(1, |(amount, _)| amount);
                let back = reward::reversal(grant.amount, sale, *in_all, reversed);
                if back > 0 {
                    reversed += back;
                    changes.extend(entries(&rule, &person, -back, Some(&refund.to_string())));
                }
            }
            changes.push(Change::Reward(Reward {
                conversion: conversion.to_owned(),
                person,
                rule,
                side: grant.to,
                amount: grant.amount,
                state: if reversed == grant.amount { State::Voided } else { State::Pending },
                available_at: grant.available_at.ms(),
            }));
        }
        let mut friend = self.tables.friends.get(&credit.customer).cloned().unwrap_or_default();
        friend.binding = Some(Binding {
            referrer_id: winner.clone(),
            external_id,
            code: code.to_owned(),
            click_id,
            clicked_at,
            terms: InForce::of(&self.terms, 1),
        });
        changes.push(Change::Friend(credit.customer, friend));
        credit.referrer = Some(winner);
        changes.push(Change::Credit(conversion.to_owned(), credit));
        let answer = format!("move {number} of {conversion}");
        changes.push(Change::Moved(dispute, answer.clone()));
        changes.sort_by_key(|change| !matches!(change, Change::Reward(_)));
        self.commit(changes);
        Ok(answer)
    }

    /// The refunds that have met a sale, each with what was refunded in all by then.
    fn applied_to(&self, conversion: &str) -> Vec<(u8, i64)> {
        let mut sum = 0;
        let applied = self.log.iter().flatten().filter_map(|change| match change {
            Change::Applied(refund, amount) => Some((*refund, *amount)),
            _ => None,
        });
        let of_this = |(refund, _): &(u8, i64)| {
            let order = self.tables.refunds.get(refund).map(|(order, ..)| *order);
            order.is_some_and(|order| format!("sale {order}") == conversion)
        };
        applied
            .filter(of_this)
            .map(|(refund, amount)| {
                sum += amount;
                (refund, sum)
            })
            .collect()
    }
}
