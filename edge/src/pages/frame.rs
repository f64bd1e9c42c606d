//! What is around every page of a program: where one is, where one can go, what waits, what just happened.

use super::desk::{Desk, Refusal};
use super::refusal::label;
use super::words::Words;
use crate::ledger::desk::{Around, Waiting};
use crate::platform;
use crate::problem::Problem;
use referral::api_key::{Mode, uid};
use referral::facts::Share;
use referral::instant::Instant;
use referral::money::Currency;
use referral::retention::Retention;
use serde::Deserialize;

/// The parts of the dashboard, as its navigation lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Overview,
    Conversions,
    Referrers,
    Review,
    Disputes,
    Rewards,
    Payouts,
    Terms,
    Links,
    Look,
    Settings,
}

const SECTIONS: &[Section] = &[
    Section::Overview,
    Section::Conversions,
    Section::Referrers,
    Section::Review,
    Section::Disputes,
    Section::Rewards,
    Section::Payouts,
    Section::Terms,
    Section::Links,
    Section::Look,
    Section::Settings,
];

impl Section {
    /// The word in paths and files of words.
    const fn word(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Conversions => "conversions",
            Self::Referrers => "referrers",
            Self::Review => "review",
            Self::Disputes => "disputes",
            Self::Rewards => "rewards",
            Self::Payouts => "payouts",
            Self::Terms => "terms",
            Self::Links => "links",
            Self::Look => "look",
            Self::Settings => "settings",
        }
    }
}

/// The style sheet and the script, named with a version so that a browser keeps them for as long as they are the same.
pub(super) struct Assets;

/// FNV-1a over a file, at compile time.
const fn version(bytes: &[u8]) -> u64 {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01B3);
        at += 1;
    }
    hash
}

const STYLE: u64 = version(include_bytes!("../../../www/dashboard.css"));
const SCRIPT: u64 = version(include_bytes!("../../../www/dashboard.js"));

impl Assets {
    #[expect(clippy::unused_self, reason = "templates reach it through a value")]
    pub(super) fn style(&self) -> String {
        format!("/dashboard.css?v={STYLE:016x}")
    }

    #[expect(clippy::unused_self, reason = "templates reach it through a value")]
    pub(super) fn script(&self) -> String {
        format!("/dashboard.js?v={SCRIPT:016x}")
    }
}

/// One place of the navigation.
pub(super) struct Place {
    pub(super) path: String,
    pub(super) label: &'static str,
    pub(super) is_here: bool,
    /// What waits there.
    pub(super) waiting: u64,
}

/// The program as its pages name it.
#[derive(Clone, Deserialize)]
pub(super) struct Program {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) destination: String,
    pub(super) currency: Currency,
    pub(super) hosts: Vec<String>,
    /// `implied` or `required`.
    pub(super) consent: String,
    pub(super) share: Share,
    pub(super) retention: Retention,
    pub(super) terms: serde_json::Value,
    pub(super) version: u64,
    pub(super) created_at: Instant,
}

/// The frame of one page.
pub(super) struct Frame {
    pub(super) words: Words,
    pub(super) assets: Assets,
    pub(super) program: Program,
    pub(super) mode: Mode,
    pub(super) here: Section,
    /// The session may look at both ledgers.
    pub(super) both: bool,
    pub(super) is_operator: bool,
    pub(super) waiting: Waiting,
    pub(super) now: Instant,
    /// What was just done.
    pub(super) notice: Option<&'static str>,
    /// Why what was asked for was not done.
    pub(super) refusal: Option<Refusal>,
    /// Names a form, so that it is carried out once.
    pub(super) once: String,
    /// Whether the page may be asked for again by itself.
    pub(super) is_live: bool,
    /// Of the program this page is about.
    pub(super) uid: String,
    /// How much had happened when it was made.
    pub(super) changes: u64,
}

impl Frame {
    pub(super) fn new(desk: &Desk<'_>, here: Section, around: Around) -> Result<Self, Problem> {
        let words = desk.words.clone();
        let notice = desk.visit.asked("done").and_then(|word| words.known("done", &word));
        Ok(Self {
            assets: Assets,
            program: serde_json::from_value(around.program)?,
            mode: desk.mode,
            here,
            both: desk.signed.mode == Mode::Live,
            is_operator: desk.signed.session.key_id.is_none(),
            waiting: around.waiting,
            now: around.now,
            notice,
            refusal: None,
            once: uid(platform::random()?),
            uid: desk.signed.uid.clone(),
            is_live: desk.visit.method == "GET",
            changes: around.changes,
            words,
        })
    }

    /// The words of a key.
    pub(super) fn t(&self, key: &str) -> &'static str {
        self.words.t(key)
    }

    /// The path of a page of this ledger.
    pub(super) fn to(&self, page: &str) -> String {
        format!("/dashboard/{}/{page}", self.mode.word())
    }

    pub(super) fn is_test(&self) -> bool {
        self.mode == Mode::Test
    }

    /// The same part in another ledger.
    pub(super) fn in_mode(&self, mode: &str) -> String {
        match self.here {
            Section::Overview => format!("/dashboard/{mode}"),
            here => format!("/dashboard/{mode}/{}", here.word()),
        }
    }

    pub(super) fn places(&self) -> Vec<Place> {
        let place = |section: Section| Place {
            path: match section {
                Section::Overview => format!("/dashboard/{}", self.mode.word()),
                section => self.to(section.word()),
            },
            label: self.t(&format!("nav.{}", section.word())),
            is_here: section == self.here,
            waiting: match section {
                Section::Review => self.waiting.flags,
                Section::Disputes => self.waiting.disputes,
                Section::Rewards => self.waiting.approvals,
                _ => 0,
            },
        };
        SECTIONS.iter().copied().map(place).collect()
    }

    /// The pages of the settings; one of them is where one is.
    pub(super) fn parts(&self, here: &str) -> Vec<Place> {
        let parts = [
            ("settings", "settings.general"),
            ("settings/fraud", "settings.fraud"),
            ("settings/groups", "settings.groups"),
            ("settings/calendar", "settings.calendar"),
            ("settings/data", "settings.data"),
            ("settings/audit", "audit"),
        ];
        let place = |(path, key)| Place {
            path: self.to(path),
            label: self.t(key),
            is_here: path == here,
            waiting: 0,
        };
        parts.into_iter().map(place).collect()
    }

    /// Whether clicks stand on the page.
    pub(super) fn counts_clicks(&self) -> bool {
        matches!(self.here, Section::Overview | Section::Referrers)
    }

    /// An amount of the program's currency.
    pub(super) fn money(&self, amount: i64) -> String {
        self.words.locale.balance(amount, self.program.currency)
    }

    /// Whether the refusal is about this field.
    pub(super) fn is_wrong(&self, field: &str) -> bool {
        self.refusal.iter().flat_map(|refusal| &refusal.errors).any(|fault| fault.field == field)
    }

    /// With a refusal to be shown.
    pub(super) fn refused(mut self, refusal: Refusal) -> Self {
        self.refusal = Some(refusal.said(&self.words, self.program.currency, label));
        self
    }
}
