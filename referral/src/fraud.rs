//! Fraud: rules flag and hold, a person decides. Weights add up; nobody is dropped in silence.

use crate::terms::Side;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Weight from which the referrer's rewards are held.
pub const HOLDS_REFERRER: u32 = 50;
/// Weight from which both sides' rewards are held.
pub const HOLDS_BOTH: u32 = 100;

/// Why a conversion is doubted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Friend and referrer have the same e-mail address, written differently or not.
    SameEmail,
    /// Only a browser told of the click, with a key that stands in every page: anybody could have.
    BrowserClaim,
    /// The friend is the referrer, which was not known yet when it was recorded.
    SelfReferral,
}

impl Rule {
    /// The word in JSON and SQL.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SameEmail => "same_email",
            Self::BrowserClaim => "browser_claim",
            Self::SelfReferral => "self_referral",
        }
    }

    /// How much it weighs.
    pub const fn weight(self) -> u32 {
        match self {
            Self::SameEmail | Self::BrowserClaim | Self::SelfReferral => 100,
        }
    }

    /// One sentence for whoever decides.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::SameEmail => "Friend and referrer have the same e-mail address.",
            Self::BrowserClaim => "Only a browser told of this click; the shop's server did not.",
            Self::SelfReferral => "The referrer signed in later, and is this customer.",
        }
    }
}

/// What is known of a credited conversion and its two people.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence<'a> {
    /// The referrer's e-mail addresses, all that were told.
    pub referrer_emails: &'a [&'a str],
    /// The friend's e-mail, where told.
    pub friend_email: Option<&'a str>,
    /// The click that won was claimed by a browser, never told by the merchant's server, and no such claim of this
    /// friend was released before.
    pub browser_claim: bool,
}

/// The rules that a conversion trips when it is recorded.
pub fn judge(evidence: &Evidence<'_>) -> Vec<Rule> {
    let friend = evidence.friend_email.map(mailbox);
    let same = evidence.referrer_emails.iter().any(|email| Some(mailbox(email)) == friend);
    let rules = [(Rule::SameEmail, same), (Rule::BrowserClaim, evidence.browser_claim)];
    rules.into_iter().filter(|(_, trips)| *trips).map(|(rule, _)| rule).collect()
}

/// Whether rules of this weight together hold the rewards of a side.
pub const fn holds(weight: u32, side: Side) -> bool {
    match side {
        Side::Referrer => weight >= HOLDS_REFERRER,
        Side::Friend => weight >= HOLDS_BOTH,
    }
}

/// The mailbox behind an address: letter case and `+tag` do not make another one; at Gmail dots do not either.
///
/// Source: [Gmail help, "Dots don't matter"](https://support.google.com/mail/answer/7436150); sub-addressing as in
/// RFC 5233. Letter case in the local part could by RFC 5321 tell two boxes apart; no provider of note does.
fn mailbox(address: &str) -> String {
    let address = address.trim().to_lowercase();
    let Some((local, domain)) = address.rsplit_once('@') else { return address };
    let local = local.split('+').next().unwrap_or(local);
    match domain {
        "gmail.com" | "googlemail.com" => alloc::format!("{}@gmail.com", local.replace('.', "")),
        _ => alloc::format!("{local}@{domain}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(referrer_email: &str, friend_email: &str, same: bool) {
        let evidence = Evidence {
            referrer_emails: &[referrer_email],
            friend_email: Some(friend_email),
            browser_claim: false,
        };
        assert_eq!(!judge(&evidence).is_empty(), same, "{referrer_email} {friend_email}");
    }

    #[test]
    fn one_mailbox_written_differently_is_the_same() {
        check("anna@shop.example", "anna@shop.example", true);
        check("Anna@Shop.example", "anna@shop.EXAMPLE", true);
        check("anna+friend@shop.example", "anna@shop.example", true);
        check("a.n.na@gmail.com", "anna+x@googlemail.com", true);
    }

    #[test]
    fn any_address_of_the_referrer_counts() {
        let friend_email = Some("anna+friend@shop.example");
        let emails = ["a.byron@work.example", "Anna@shop.example"];
        assert_eq!(
            judge(&Evidence { referrer_emails: &emails, friend_email, ..Evidence::default() }),
            [Rule::SameEmail]
        );
        assert!(
            judge(&Evidence { referrer_emails: &emails[..1], friend_email, ..Evidence::default() })
                .is_empty()
        );
    }

    #[test]
    fn other_people_are_not_the_same() {
        check("anna@shop.example", "ben@shop.example", false);
        check("anna@shop.example", "anna@other.example", false);
        check("a.nna@shop.example", "anna@shop.example", false);
        assert!(judge(&Evidence { referrer_emails: &["a@b.example"], ..Evidence::default() }).is_empty());
        assert!(judge(&Evidence::default()).is_empty());
    }

    #[test]
    fn what_only_a_browser_claims_is_doubted() {
        let evidence = Evidence { browser_claim: true, ..Evidence::default() };
        assert_eq!(judge(&evidence), [Rule::BrowserClaim]);
    }

    #[test]
    fn fifty_holds_the_referrer_and_a_hundred_holds_both() {
        assert!(!holds(49, Side::Referrer));
        assert!(holds(50, Side::Referrer) && !holds(50, Side::Friend));
        assert!(holds(Rule::SameEmail.weight(), Side::Friend));
    }
}
