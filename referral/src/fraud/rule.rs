//! The rules, their words and their sentences.

use serde::{Deserialize, Serialize};

/// Why a conversion is doubted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Friend and referrer have the same e-mail address, written differently or not.
    SameEmail,
    /// Only a browser told of the click, with a key that stands in every page: anybody could have.
    BrowserClaim,
    /// The friend is the referrer, which was not known yet when it was recorded.
    SelfReferral,
    /// The click that won had been followed in the browser the referrer joined in.
    OwnBrowser,
    /// Friend and referrer have addresses at the same domain, which no public provider runs.
    SameDomain,
    /// Their addresses or names differ by little, or are each other turned around.
    SimilarPerson,
    /// The friend came from the network and the browser of the referrer, or of another friend of theirs.
    SameBrowser,
    /// The friend came from such a network, with another browser.
    SameNetwork,
    /// Too many conversions for one referrer in a short time.
    Velocity,
    /// The conversion came faster after the click than a person can be.
    TooFast,
    /// Too many of a referrer's friends convert later than a day after the click.
    LateConversions,
    /// The friend's address is one that is thrown away.
    DisposableEmail,
    /// The friend landed from an advertisement that somebody paid for.
    PaidAd,
    /// The friend came from a site of vouchers, or from one that the program banned.
    BannedHost,
    /// The sale is far larger than those before it.
    UnusualAmount,
    /// The referrer's money is sent to the account of another referrer.
    SharedTarget,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::SameEmail,
        Self::BrowserClaim,
        Self::SelfReferral,
        Self::OwnBrowser,
        Self::SameDomain,
        Self::SimilarPerson,
        Self::SameBrowser,
        Self::SameNetwork,
        Self::Velocity,
        Self::TooFast,
        Self::LateConversions,
        Self::DisposableEmail,
        Self::PaidAd,
        Self::BannedHost,
        Self::UnusualAmount,
        Self::SharedTarget,
    ];

    /// The word in JSON and SQL.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SameEmail => "same_email",
            Self::BrowserClaim => "browser_claim",
            Self::SelfReferral => "self_referral",
            Self::OwnBrowser => "own_browser",
            Self::SameDomain => "same_domain",
            Self::SimilarPerson => "similar_person",
            Self::SameBrowser => "same_browser",
            Self::SameNetwork => "same_network",
            Self::Velocity => "velocity",
            Self::TooFast => "too_fast",
            Self::LateConversions => "late_conversions",
            Self::DisposableEmail => "disposable_email",
            Self::PaidAd => "paid_ad",
            Self::BannedHost => "banned_host",
            Self::UnusualAmount => "unusual_amount",
            Self::SharedTarget => "shared_target",
        }
    }

    /// The rule of a word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.word() == word)
    }

    /// What it weighs where a program says nothing else. From 50 the referrer's rewards are held, from 100 both sides'.
    pub const fn usual_weight(self) -> u32 {
        match self {
            Self::SameEmail | Self::BrowserClaim | Self::SelfReferral | Self::OwnBrowser => 100,
            Self::SameDomain
            | Self::Velocity
            | Self::TooFast
            | Self::DisposableEmail
            | Self::PaidAd
            | Self::BannedHost
            | Self::UnusualAmount
            | Self::SharedTarget => 50,
            Self::SameBrowser => 40,
            Self::SimilarPerson => 25,
            // An office or a family behind one address is not a fraud.
            Self::SameNetwork => 15,
            // A pattern of a referrer, not of this friend: for a person to look at.
            Self::LateConversions => 0,
        }
    }

    /// One sentence for whoever decides.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::SameEmail => "Friend and referrer have the same e-mail address.",
            Self::BrowserClaim => "Only a browser told of this click; the shop's server did not.",
            Self::SelfReferral => "The referrer signed in later, and is this customer.",
            Self::OwnBrowser => "The link was followed in the browser in which the referrer joined.",
            Self::SameDomain => {
                "Friend and referrer have addresses at the same domain, which is no public provider's."
            }
            Self::SimilarPerson => "The names or addresses of friend and referrer are nearly the same.",
            Self::SameBrowser => {
                "The friend came from the network and the browser of the referrer, or of another friend of theirs."
            }
            Self::SameNetwork => {
                "The friend came from the network of the referrer, or of another friend of theirs."
            }
            Self::Velocity => {
                "The referrer has more conversions in a short time than the program takes for usual."
            }
            Self::TooFast => "The conversion came sooner after the click than a person can be.",
            Self::LateConversions => {
                "Many of the referrer's friends convert later than a day after the click, this one too."
            }
            Self::DisposableEmail => "The friend's e-mail address is of a provider of disposable mail.",
            Self::PaidAd => "The friend landed from a paid advertisement.",
            Self::BannedHost => "The friend came from a site of vouchers, or from one the program banned.",
            Self::UnusualAmount => "The sale is far larger than the sales before it.",
            Self::SharedTarget => "Another referrer's money is sent to the same account.",
        }
    }
}
