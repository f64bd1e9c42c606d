//! The facts a conversion is judged by, loaded and laid before `referral`.

use super::book::{Book, Loaded};
use super::conversion::Conversion;
use super::terms;
use crate::problem::Problem;
use crate::sql::sql;
use referral::attribution::{self, Binding, Case, InForce, Owner, Touch, Trace};
use referral::code::Code;
use referral::instant::Instant;

/// A friend as stored: id, and the binding: referrer and their external id, code, click, when. Last whether a person took
/// them from whom they were bound to.
pub(crate) type FriendRow =
    (String, Option<String>, Option<String>, Option<String>, Option<String>, Option<i64>, u8);

/// Judges a conversion by all that is known of its customer.
pub(crate) fn judge(
    book: &Book,
    program: &Loaded,
    conversion: &Conversion,
    friend: Option<&FriendRow>,
) -> Result<Trace, Problem> {
    let mut touches: Vec<(String, Option<String>, Instant)> = Vec::new();
    let friend_id = friend.map_or("", |friend| friend.0.as_str());
    let told: Vec<(String, String, i64, u8)> =
        book.database.rows(sql!("ledger/touches"), &(friend_id, &conversion.customer_id))?;
    // What a browser claims counts only where the merchant's server knows of nothing: a stranger's claim never takes a
    // customer from whoever sent them.
    let presented = &conversion.presented;
    let known = presented.click_id.is_some() || presented.code.is_some() || told.iter().any(|row| row.3 == 0);
    let told = told.into_iter().filter(|(.., claimed)| *claimed == 0 || !known);
    touches.extend(told.map(|(code, click_id, at, _)| (code, Some(click_id), Instant::from_ms(at))));
    let mut invalid_click = false;
    if let Some(click_id) = &conversion.presented.click_id {
        match program.verify(click_id, book.now()) {
            Some((code, at)) => {
                touches.retain(|(_, known, _)| known.as_ref() != Some(click_id));
                touches.push((code, Some(click_id.clone()), at));
            }
            None => invalid_click = true,
        }
    }
    if let Some(code) = &conversion.presented.code {
        let code = Code::parse(code).map_or_else(|_| code.clone(), |code| code.as_str().to_owned());
        touches.push((code, None, conversion.occurred_at));
    }
    let owners = owners(book, &touches)?;
    let in_force = |referrer_id: &str, at: Instant| -> Result<InForce, Problem> {
        let version = terms::of_referrer(book, program, referrer_id, at)?;
        Ok(InForce::of(&version.terms, version.number))
    };
    let touches: Vec<Touch> = touches
        .into_iter()
        .map(|(code, click_id, clicked_at)| {
            let owner = owners.iter().find(|(known, ..)| *known == code);
            let owner = owner.map(|(_, referrer_id, external_id)| Owner {
                referrer_id: referrer_id.clone(),
                external_id: external_id.clone(),
            });
            let terms = in_force(owner.as_ref().map_or("", |owner| &owner.referrer_id), clicked_at)?;
            Ok(Touch { code, click_id, clicked_at, owner, terms })
        })
        .collect::<Result<_, Problem>>()?;
    let binding = match friend {
        Some((_, Some(referrer_id), external_id, Some(code), click_id, Some(clicked_at), _)) => {
            let clicked_at = Instant::from_ms(*clicked_at);
            Some(Binding {
                referrer_id: referrer_id.clone(),
                external_id: external_id.clone(),
                code: code.clone(),
                click_id: click_id.clone(),
                clicked_at,
                terms: in_force(referrer_id, clicked_at)?,
            })
        }
        _ => None,
    };
    let at_conversion = terms::at(book, program, conversion.occurred_at)?;
    Ok(attribution::decide(&Case {
        model: at_conversion.terms.attribution,
        stand_down_minutes: at_conversion.terms.stand_down_minutes,
        terms: InForce::of(&at_conversion.terms, at_conversion.number),
        occurred_at: conversion.occurred_at,
        customer_id: &conversion.customer_id,
        // Who was taken from somebody is judged as if they were new.
        known_customer: friend.is_some_and(|friend| friend.6 == 0) && binding.is_none(),
        binding: binding.as_ref(),
        invalid_click,
        touches: &touches,
    }))
}

type OwnerRow = (String, String, Option<String>);

fn owners(book: &Book, touches: &[(String, Option<String>, Instant)]) -> Result<Vec<OwnerRow>, Problem> {
    if touches.is_empty() {
        return Ok(Vec::new());
    }
    let codes: Vec<&str> = touches.iter().map(|(code, ..)| code.as_str()).collect();
    Ok(book.database.rows(sql!("ledger/referrers_by_codes"), &[serde_json::to_string(&codes)?])?)
}
