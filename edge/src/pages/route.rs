//! Paths of pages become a closed enum, once.

use super::dashboard::short::Short;
use super::form::Upload;
use crate::ledger::file::Table;
use crate::problem::Problem;
use crate::route::by_method;
use referral::api_key::Mode;
use referral::table::Format;

/// A page, or what a form of one does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Page {
    Home,
    SignInForm,
    SignIn,
    SignOut,
    /// Which language pages are in.
    Language,
    /// The operator's programs.
    Programs,
    ProgramOpen,
    /// Ends one of the operator's sessions.
    OperatorSessionEnd(String),
    /// Ends all of them but the one that asks.
    OperatorSessionsEnd,
    /// A program's ledger, live or test.
    In(Mode, View),
}

/// A page of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum View {
    Overview,
    /// Whether something changed, asked or listened to.
    Live,
    Conversions,
    Conversion(String),
    Referrers,
    Roster,
    RosterSend,
    Referrer(String),
    Review,
    FlagDecide(String),
    FlagNote(String),
    FlagsPreview,
    FlagsDecide,
    Disputes,
    DisputeDecide(String),
    Rewards,
    RewardDecide(String),
    Payouts,
    PayoutCreate,
    Payout(String),
    /// A batch's id and the name of a file.
    PayoutFile(String, String),
    PayoutDecide(String),
    Look,
    LookTexts,
    LookShare,
    LookTheme,
    LookPanel,
    LookStyle,
    Links,
    LinkPicture,
    LinkReferrer,
    AssetCreate,
    AssetRetire(String),
    Readiness,
    ReadinessSay(String),
    Trial,
    Terms,
    TermsPreview,
    TermsSave,
    Settings,
    KeyRotate,
    KeyRevoke(String),
    ProgramChange,
    SessionEnd(String),
    Audit,
    Fraud,
    FraudPreview,
    FraudSave,
    Groups,
    GroupCreate,
    Group(String),
    GroupPreview(String),
    GroupSave(String),
    Calendar,
    CalendarSave,
    Data,
    Erase,
    Retain,
    SubjectExport,
    Export,
    ReferrerChange(String),
    ReferrerGroup(String),
    ReferrerSuspend(String),
    Statement(String, Format),
    PaidTo(String, Format),
    /// A table as a file.
    File(Table, Format),
    /// A short table as a file.
    Short(Short, Format),
}

impl Page {
    /// Reads method and path. What a `POST` reaches changes something, or shows what would change: it reads a form, and
    /// must come from a page of ours.
    ///
    /// # Errors
    /// 404 for a path nobody answers, 405 for a method the path does not take.
    pub(super) fn parse(method: &str, path: &str) -> Result<Self, Problem> {
        let method = if method == "HEAD" { "GET" } else { method };
        let segments: Vec<&str> = path.split('/').skip(2).collect();
        by_method(method, |method| Self::at(method, &segments))
    }

    /// The page at a path or, where only forms lead there, the nearest one above it. Empty where there is none.
    pub(super) fn at_or_above(path: &str) -> &str {
        let mut page = path;
        while page.starts_with("/dashboard/") && Self::parse("GET", page).is_err() {
            page = page.rsplit_once('/').map_or("", |(above, _)| above);
        }
        page
    }

    /// The page a form of a program is on, for whoever comes to the form's own address: by a link of the page that answered
    /// it, which counts from there, by loading that page again, or from memory.
    pub(super) fn of_form<'a>(method: &str, path: &'a str) -> Option<&'a str> {
        let is_inside = path.split('/').nth(2).and_then(Mode::named).is_some();
        let is_form = || Self::parse(method, path).is_err() && Self::parse("POST", path).is_ok();
        (is_inside && matches!(method, "GET" | "HEAD") && is_form()).then(|| Self::at_or_above(path))
    }

    fn at(method: &str, segments: &[&str]) -> Option<Self> {
        if let [mode, rest @ ..] = segments
            && let Some(mode) = Mode::named(mode)
        {
            return Some(Self::In(mode, View::at(method, rest)?));
        }
        Some(match (method, segments) {
            ("GET", [] | [""]) => Self::Home,
            ("GET", ["sign-in"]) => Self::SignInForm,
            ("POST", ["sign-in"]) => Self::SignIn,
            ("POST", ["sign-out"]) => Self::SignOut,
            ("POST", ["language"]) => Self::Language,
            ("GET", ["programs"]) => Self::Programs,
            ("POST", ["programs"]) => Self::ProgramOpen,
            ("POST", ["programs", "sessions"]) => Self::OperatorSessionsEnd,
            ("POST", ["programs", "sessions", id]) => Self::OperatorSessionEnd((*id).to_owned()),
            _ => return None,
        })
    }
}

impl View {
    /// The file its form may bring along.
    pub(super) fn upload(&self) -> Option<Upload> {
        match self {
            Self::RosterSend => Some(Upload::Table),
            Self::AssetCreate => Some(Upload::Picture),
            _ => None,
        }
    }

    fn at(method: &str, segments: &[&str]) -> Option<Self> {
        let own = |text: &&str| (*text).to_owned();
        Some(match (method, segments) {
            ("GET", [] | [""]) => Self::Overview,
            ("GET", ["live"]) => Self::Live,
            ("GET", ["conversions"]) => Self::Conversions,
            ("GET", ["conversions", id]) => Self::Conversion(own(id)),
            ("GET", ["referrers"]) => Self::Referrers,
            ("GET", ["referrers", "import"]) => Self::Roster,
            ("POST", ["referrers", "import"]) => Self::RosterSend,
            ("GET", ["referrers", id]) => Self::Referrer(own(id)),
            ("GET", ["review"]) => Self::Review,
            ("POST", ["review", "preview"]) => Self::FlagsPreview,
            ("POST", ["review", "decisions"]) => Self::FlagsDecide,
            ("POST", ["review", id, "notes"]) => Self::FlagNote(own(id)),
            ("POST", ["review", id]) => Self::FlagDecide(own(id)),
            ("GET", ["disputes"]) => Self::Disputes,
            ("POST", ["disputes", id]) => Self::DisputeDecide(own(id)),
            ("GET", ["rewards"]) => Self::Rewards,
            ("POST", ["rewards", id]) => Self::RewardDecide(own(id)),
            ("GET", ["payouts"]) => Self::Payouts,
            ("POST", ["payouts"]) => Self::PayoutCreate,
            ("GET", ["payouts", id]) => Self::Payout(own(id)),
            ("POST", ["payouts", id]) => Self::PayoutDecide(own(id)),
            ("GET", ["payouts", id, file]) => Self::PayoutFile(own(id), own(file)),
            ("GET", ["look"]) => Self::Look,
            ("POST", ["look", "texts"]) => Self::LookTexts,
            ("POST", ["look", "share"]) => Self::LookShare,
            ("POST", ["look", "theme"]) => Self::LookTheme,
            ("GET", ["look", "panel"]) => Self::LookPanel,
            ("GET", ["look", "panel.css"]) => Self::LookStyle,
            ("GET", ["links"]) => Self::Links,
            ("GET", ["links", "qr.svg"]) => Self::LinkPicture,
            ("POST", ["links", "referrers"]) => Self::LinkReferrer,
            ("POST", ["links", "assets"]) => Self::AssetCreate,
            ("POST", ["links", "assets", id]) => Self::AssetRetire(own(id)),
            ("GET", ["readiness"]) => Self::Readiness,
            ("POST", ["readiness", point]) => Self::ReadinessSay(own(point)),
            ("POST", ["trial"]) => Self::Trial,
            ("GET", ["terms"]) => Self::Terms,
            ("POST", ["terms"]) => Self::TermsSave,
            ("POST", ["terms", "preview"]) => Self::TermsPreview,
            ("GET", ["settings"]) => Self::Settings,
            ("POST", ["settings", "keys"]) => Self::KeyRotate,
            ("POST", ["settings", "keys", id]) => Self::KeyRevoke(own(id)),
            ("POST", ["settings", "program"]) => Self::ProgramChange,
            ("POST", ["settings", "sessions", id]) => Self::SessionEnd(own(id)),
            ("GET", ["settings", "audit"]) => Self::Audit,
            ("GET", ["settings", "fraud"]) => Self::Fraud,
            ("POST", ["settings", "fraud"]) => Self::FraudSave,
            ("POST", ["settings", "fraud", "preview"]) => Self::FraudPreview,
            ("GET", ["settings", "groups"]) => Self::Groups,
            ("POST", ["settings", "groups"]) => Self::GroupCreate,
            ("GET", ["settings", "groups", id]) => Self::Group(own(id)),
            ("POST", ["settings", "groups", id]) => Self::GroupSave(own(id)),
            ("POST", ["settings", "groups", id, "preview"]) => Self::GroupPreview(own(id)),
            ("GET", ["settings", "calendar"]) => Self::Calendar,
            ("POST", ["settings", "calendar"]) => Self::CalendarSave,
            ("GET", ["settings", "data"]) => Self::Data,
            ("POST", ["settings", "data", "erasure"]) => Self::Erase,
            ("POST", ["settings", "data", "retention"]) => Self::Retain,
            ("POST", ["settings", "data", "subject"]) => Self::SubjectExport,
            ("GET", ["settings", "export.ndjson"]) => Self::Export,
            ("GET", ["referrers", id, "statement.csv"]) => Self::Statement(own(id), Format::Csv),
            ("GET", ["referrers", id, "statement.json"]) => Self::Statement(own(id), Format::Json),
            ("GET", ["referrers", id, "payouts.csv"]) => Self::PaidTo(own(id), Format::Csv),
            ("GET", ["referrers", id, "payouts.json"]) => Self::PaidTo(own(id), Format::Json),
            ("POST", ["referrers", id, "person"]) => Self::ReferrerChange(own(id)),
            ("POST", ["referrers", id, "group"]) => Self::ReferrerGroup(own(id)),
            ("POST", ["referrers", id, "suspension"]) => Self::ReferrerSuspend(own(id)),
            ("GET", [name]) => {
                if let Some((short, format)) = Short::file(name) {
                    return Some(Self::Short(short, format));
                }
                let (table, format) = Table::file(name)?;
                Self::File(table, format)
            }
            _ => return None,
        })
    }
}
