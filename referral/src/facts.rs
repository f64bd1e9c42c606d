//! The public facts of a program: all that following a link needs to know.
//!
//! Kept in the directory as JSON, in the memory of every isolate, and never secret.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::retention::Retention;
use crate::terms::{Model, Terms};

/// Customers recommending to friends, or businesses to their audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Customers.
    Referral,
    /// Businesses.
    Partner,
}

/// Whether a visitor must agree before the click is kept in a cookie.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// The merchant needs no consent for it.
    #[default]
    Implied,
    /// Only visitors whose `gw_consent` cookie says `granted`.
    Required,
}

/// How a link looks where it is shared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Title of the preview; the program's name where it is absent.
    pub title: Option<String>,
    /// One or two sentences.
    pub text: Option<String>,
    /// Address of a picture, https.
    pub image: Option<String>,
}

/// The public facts of one program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramFacts {
    /// `prg_` and the uid.
    pub id: String,
    /// 16 characters; also what follows `pk_live_` in the program's publishable keys.
    pub uid: String,
    /// The name in links on a shared host.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// For customers or for businesses.
    pub kind: Kind,
    /// Where links lead, as [`crate::destination::Destination`] prints it; parsed again when read.
    pub destination: String,
    /// Hosts of the program's own, as [`crate::destination::link_host`] gives them.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// The merchant's zone, as [`crate::destination::cookie_domain`] gives it, where links are served from within it.
    #[serde(default)]
    pub cookie_domain: Option<String>,
    /// Whether a visitor must agree before the click is kept in a cookie.
    #[serde(default)]
    pub consent: Consent,
    /// Which click wins: under first click, a visitor's valid cookie is kept.
    pub attribution: Model,
    /// Minutes in which a visitor's valid cookie is kept under last click, too, where another code's link follows.
    #[serde(default)]
    pub stand_down_minutes: u16,
    /// Days a cookie lives.
    pub window_days: u16,
    /// How a link looks where it is shared.
    #[serde(default)]
    pub share: Share,
    /// How long customers are known: no link needs it, it stands with what else a merchant sets.
    #[serde(default, skip_serializing_if = "Retention::is_by_hand")]
    pub retention: Retention,
    /// Grows with every change, so that an old copy never replaces a new one.
    pub version: u64,
}

impl ProgramFacts {
    /// Takes over what of new terms a link must know.
    pub const fn follow(&mut self, terms: &Terms) {
        self.attribution = terms.attribution;
        self.stand_down_minutes = terms.stand_down_minutes;
        self.window_days = terms.window_days;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_written_before_a_field_existed_still_read() {
        let json = r#"{"id":"prg_0","uid":"0","slug":"demo","name":"Demo","kind":"referral","destination":"https://shop.example/",
            "attribution":"last_click","window_days":90,"version":1}"#;
        let facts: ProgramFacts = serde_json::from_str(json).unwrap();
        assert_eq!(facts.consent, Consent::Implied);
        let again: ProgramFacts = serde_json::from_str(&serde_json::to_string(&facts).unwrap()).unwrap();
        assert_eq!(again, facts);
    }
}
