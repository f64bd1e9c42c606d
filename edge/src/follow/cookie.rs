//! The cookie that remembers a click on the merchant's own zone, and when it may be set.

use super::request::Request;
use crate::facts::Program;
use referral::attribution::takes_over;
use referral::click_token::{Click, ClickId};
use referral::code::Code;
use referral::destination;
use referral::facts::{Consent, ProgramFacts};
use referral::terms::Model;

/// Appends the `Set-Cookie` for a click, or nothing: without the consent the program asks for, with Global Privacy Control, and where
/// the click that the visitor has is not one that this takes over from.
pub(super) fn append(
    text: &mut String,
    program: &Program,
    request: &Request<'_>,
    code: &Code,
    click_id: &ClickId,
    now: i64,
) {
    let facts = &program.facts;
    let consented = facts.consent == Consent::Implied || request.cookie("gw_consent") == Some("granted");
    if request.privacy_control || !consented {
        return;
    }
    let held = request.cookie("gw_click").and_then(|held| program.click_keys.verify(held, now).ok());
    if held.is_some_and(|held| stays(facts, &held, code, now)) {
        return;
    }
    text.reserve(256);
    text.push_str("gw_click=");
    text.push_str(click_id.as_str());
    text.push_str(&program.cookie_tail);
    // A browser refuses a cookie for a domain that the link's host is not part of.
    if let Some(domain) =
        facts.cookie_domain.as_deref().filter(|domain| destination::is_within(request.host, domain))
    {
        text.push_str("; Domain=");
        text.push_str(domain);
    }
}

/// Whether the click that a visitor has is kept when they follow a link of this code.
fn stays(facts: &ProgramFacts, held: &Click, code: &Code, now: i64) -> bool {
    match facts.attribution {
        Model::FirstClick => true,
        Model::LastClick => {
            let after_ms = (now - held.clicked_at) * 1000;
            held.code != *code && !takes_over(Model::LastClick, facts.stand_down_minutes, after_ms)
        }
    }
}
