//! What is around every page of a referrer's: whose program it is, where one can go, what waits, what just happened.

use super::seat::Seat;
use crate::ledger::portal::own::Around;
use crate::pages::frame::Assets;
use crate::pages::refusal::{Fault, Refusal};
use crate::pages::words::Words;
use crate::platform;
use crate::problem::Problem;
use referral::api_key::{Mode, uid};
use referral::instant::Instant;
use referral::money::Currency;

/// The parts, as the navigation lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Home,
    Assets,
    Conversions,
    Rewards,
    Disputes,
    Terms,
    Profile,
}

const SECTIONS: &[Section] = &[
    Section::Home,
    Section::Assets,
    Section::Conversions,
    Section::Rewards,
    Section::Disputes,
    Section::Terms,
    Section::Profile,
];

impl Section {
    const fn word(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Assets => "assets",
            Self::Conversions => "conversions",
            Self::Rewards => "rewards",
            Self::Disputes => "disputes",
            Self::Terms => "terms",
            Self::Profile => "profile",
        }
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

/// The frame of one page.
pub(super) struct Frame {
    pub(super) words: Words,
    pub(super) assets: Assets,
    pub(super) slug: String,
    here: Section,
    mode: Mode,
    pub(super) around: Around,
    pub(super) currency: Currency,
    pub(super) now: Instant,
    /// What was just done.
    pub(super) notice: Option<&'static str>,
    /// Why what was asked for was not done.
    pub(super) refusal: Option<Refusal>,
    /// Names a form, so that it is carried out once.
    pub(super) once: String,
    /// Numbers come by themselves: the page's script asks for the page again, which is told no more than its reader.
    pub(super) is_live: bool,
}

impl Frame {
    pub(super) fn new(seat: &Seat<'_>, here: Section, around: Around) -> Result<Self, Problem> {
        let words = seat.words.clone();
        let notice = seat.visit.asked("done").and_then(|word| words.known("portal.done", &word));
        Ok(Self {
            assets: Assets,
            slug: seat.program.facts.slug.clone(),
            here,
            mode: seat.signed.mode,
            currency: Currency::parse(&around.currency).ok_or_else(Problem::not_found)?,
            now: around.now,
            around,
            notice,
            refusal: None,
            once: uid(platform::random()?),
            is_live: seat.visit.method == "GET"
                && matches!(
                    here,
                    Section::Home | Section::Conversions | Section::Rewards | Section::Disputes
                ),
            words,
        })
    }

    /// The words of a key.
    pub(super) fn t(&self, key: &str) -> &'static str {
        self.words.t(key)
    }

    /// The path of a page.
    pub(super) fn to(&self, page: &str) -> String {
        if page.is_empty() { format!("/p/{}", self.slug) } else { format!("/p/{}/{page}", self.slug) }
    }

    pub(super) fn is_test(&self) -> bool {
        self.mode == Mode::Test
    }

    /// How they are called here: by their name, else by their code.
    pub(super) fn who(&self) -> &str {
        self.around.name.as_deref().unwrap_or(&self.around.code)
    }

    pub(super) fn places(&self) -> Vec<Place> {
        let place = |section: &Section| Place {
            path: match section {
                Section::Home => self.to(""),
                section => self.to(section.word()),
            },
            label: self.t(&format!("portal.nav.{}", section.word())),
            is_here: *section == self.here,
            waiting: if *section == Section::Disputes { self.around.waiting } else { 0 },
        };
        SECTIONS.iter().map(place).collect()
    }

    /// With a refusal to be shown, where there is one.
    pub(super) fn refused(mut self, refusal: impl Into<Option<Refusal>>) -> Self {
        let label = |words: &Words, field: &str| words.known("portal.field", field).map(str::to_owned);
        self.refusal = refusal.into().map(|refusal| refusal.said(&self.words, self.currency, label));
        self
    }

    /// Whether a field was filled in with what cannot be taken.
    pub(super) fn is_wrong(&self, field: &str) -> bool {
        self.refusal.iter().flat_map(|refusal| &refusal.errors).any(|fault| fault.field == field)
    }

    /// What to do about a field, by its label: where this page has no words of its own, those every page has.
    pub(super) fn fault(&self, fault: &Fault) -> String {
        let sentence = self.words.known("portal.wrong", &fault.field).unwrap_or(&fault.detail);
        format!("{}: {sentence}", fault.label)
    }

    /// The same where no field is to blame.
    pub(super) fn wrong<'a>(&self, refusal: &'a Refusal) -> &'a str {
        self.words.known("portal.wrong", &refusal.code).unwrap_or(&refusal.detail)
    }

    /// The page's status: a refusal's own.
    pub(super) fn status(&self) -> u16 {
        self.refusal.as_ref().map_or(200, |refusal| refusal.status)
    }
}
