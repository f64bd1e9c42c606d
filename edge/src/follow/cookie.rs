//! The cookie that remembers a click on the merchant's own zone, and when it may be set.

use super::request::Request;
use crate::facts::Program;
use referral::click_token::ClickId;
use referral::destination;
use referral::facts::Consent;
use referral::terms::Model;

/// Appends the `Set-Cookie` for a click, or nothing: without the consent the program asks for, with Global Privacy Control, and where
/// the first click wins and the visitor has one.
pub(super) fn append(
    text: &mut String,
    program: &Program,
    request: &Request<'_>,
    click_id: &ClickId,
    now: i64,
) {
    let facts = &program.facts;
    let consented = facts.consent == Consent::Implied || request.cookie("gw_consent") == Some("granted");
    if request.privacy_control || !consented {
        return;
    }
    if facts.attribution == Model::FirstClick
        && request.cookie("gw_click").is_some_and(|known| program.click_keys.verify(known, now).is_ok())
    {
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
