//! When a lead counts as qualified: in words for the referrer, and by rules that need no person.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What makes a lead a qualified one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qualification {
    /// What the merchant looks for, in words that referrers read.
    pub criteria: Option<String>,
    /// A lead of one of these events is qualified when it is recorded.
    #[serde(default)]
    pub events: Vec<String>,
    /// A lead whose verified e-mail address is of one of these domains is qualified when it is recorded. Lower case.
    #[serde(default)]
    pub email_domains: Vec<String>,
}

/// Which rule qualified a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Qualified {
    /// Its event.
    Event(String),
    /// The domain of its verified e-mail address.
    EmailDomain(String),
}

impl Qualified {
    /// One sentence for the merchant and the referrer.
    pub fn sentence(&self) -> String {
        match self {
            Self::Event(event) => alloc::format!("The terms name the event {event} as qualifying."),
            Self::EmailDomain(domain) => {
                alloc::format!("The terms name verified addresses of {domain} as qualifying.")
            }
        }
    }
}

impl Qualification {
    /// The rule that qualifies a lead as it is recorded. `email` counts where the merchant has verified it.
    pub fn judge(&self, event: &str, email: Option<&str>, email_verified: bool) -> Option<Qualified> {
        if self.events.iter().any(|named| named == event) {
            return Some(Qualified::Event(event.to_owned()));
        }
        let (_, domain) = email.filter(|_| email_verified)?.rsplit_once('@')?;
        let domain = domain.to_lowercase();
        self.email_domains.contains(&domain).then_some(Qualified::EmailDomain(domain))
    }
}

/// Where a lead stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nobody has looked yet.
    New,
    /// It is what the merchant looks for.
    Qualified,
    /// It is not; what it earned and was not paid is taken back.
    Rejected,
}

impl Stage {
    /// The word in JSON and SQL.
    pub const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Qualified => "qualified",
            Self::Rejected => "rejected",
        }
    }

    /// Whether a lead may go there: forward only, and a rejected one stays rejected.
    pub const fn may_become(self, next: Self) -> bool {
        matches!((self, next), (Self::New, Self::Qualified) | (Self::New | Self::Qualified, Self::Rejected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn check(event: &str, email: Option<&str>, verified: bool, qualifies: bool) {
        let rules = Qualification {
            criteria: None,
            events: vec!["demo".to_owned()],
            email_domains: vec!["firm.example".to_owned()],
        };
        assert_eq!(rules.judge(event, email, verified).is_some(), qualifies, "{event} {email:?} {verified}");
    }

    #[test]
    fn a_named_event_or_a_verified_address_of_a_named_domain_qualifies_and_nothing_else() {
        check("demo", None, false, true);
        check("Demo", None, false, false);
        check("signup", None, false, false);
        check("signup", Some("ada@firm.example"), true, true);
        check("signup", Some("ada@FIRM.example"), true, true);
        check("signup", Some("ada@firm.example"), false, false);
        check("signup", Some("ada@sub.firm.example"), true, false);
        check("signup", Some("firm.example@mail.example"), true, false);
        assert!(Qualification::default().judge("demo", Some("a@firm.example"), true).is_none());
    }

    #[test]
    fn a_lead_moves_forward_only() {
        let stages = [Stage::New, Stage::Qualified, Stage::Rejected];
        let forward = [
            (Stage::New, Stage::Qualified),
            (Stage::New, Stage::Rejected),
            (Stage::Qualified, Stage::Rejected),
        ];
        for from in stages {
            for to in stages {
                assert_eq!(from.may_become(to), forward.contains(&(from, to)), "{from:?} to {to:?}");
            }
        }
    }
}
