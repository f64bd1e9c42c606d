//! Paths of pages become a closed enum, once.

use crate::problem::Problem;
use referral::api_key::Mode;

/// A page, or what a form of one does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Page {
    Home,
    SignInForm,
    SignIn,
    SignOut,
    /// The operator's programs.
    Programs,
    ProgramOpen,
    /// A program's ledger, live or test.
    In(Mode, View),
}

/// A page of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum View {
    Overview,
    Conversions,
    Conversion(String),
    Referrers,
    Referrer(String),
    Review,
    FlagDecide(String),
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
    Terms,
    TermsPreview,
    TermsSave,
    Settings,
    KeyRotate,
    KeyRevoke(String),
    ProgramChange,
    SessionEnd(String),
    Audit,
}

impl Page {
    /// Reads method and path.
    ///
    /// # Errors
    /// 404 for a path nobody answers, 405 for a method the path does not take.
    pub(super) fn parse(method: &str, path: &str) -> Result<Self, Problem> {
        let method = if method == "HEAD" { "GET" } else { method };
        let segments: Vec<&str> = path.split('/').skip(2).collect();
        if let [mode, rest @ ..] = segments.as_slice()
            && let Some(mode) = Mode::named(mode)
        {
            return Ok(Self::In(mode, View::parse(method, rest)?));
        }
        Ok(match (method, segments.as_slice()) {
            ("GET", [] | [""]) => Self::Home,
            ("GET", ["sign-in"]) => Self::SignInForm,
            ("POST", ["sign-in"]) => Self::SignIn,
            ("POST", ["sign-out"]) => Self::SignOut,
            ("GET", ["programs"]) => Self::Programs,
            ("POST", ["programs"]) => Self::ProgramOpen,
            (_, [] | ["" | "sign-in" | "sign-out" | "programs"]) => {
                return Err(Problem::method_not_allowed());
            }
            _ => return Err(Problem::not_found()),
        })
    }

    /// Whether it changes anything: such a request must come from a page of ours.
    pub(super) fn writes(&self) -> bool {
        match self {
            Self::SignIn | Self::SignOut | Self::ProgramOpen => true,
            Self::Home | Self::SignInForm | Self::Programs => false,
            Self::In(_, view) => view.writes(),
        }
    }
}

impl View {
    fn parse(method: &str, segments: &[&str]) -> Result<Self, Problem> {
        let own = |text: &&str| (*text).to_owned();
        Ok(match (method, segments) {
            ("GET", [] | [""]) => Self::Overview,
            ("GET", ["conversions"]) => Self::Conversions,
            ("GET", ["conversions", id]) => Self::Conversion(own(id)),
            ("GET", ["referrers"]) => Self::Referrers,
            ("GET", ["referrers", id]) => Self::Referrer(own(id)),
            ("GET", ["review"]) => Self::Review,
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
            ("GET", ["terms"]) => Self::Terms,
            ("POST", ["terms"]) => Self::TermsSave,
            ("POST", ["terms", "preview"]) => Self::TermsPreview,
            ("GET", ["settings"]) => Self::Settings,
            ("POST", ["settings", "keys"]) => Self::KeyRotate,
            ("POST", ["settings", "keys", id]) => Self::KeyRevoke(own(id)),
            ("POST", ["settings", "program"]) => Self::ProgramChange,
            ("POST", ["settings", "sessions", id]) => Self::SessionEnd(own(id)),
            ("GET", ["settings", "audit"]) => Self::Audit,
            (
                _,
                []
                | [
                    "" | "conversions" | "referrers" | "review" | "disputes" | "rewards" | "payouts"
                    | "terms" | "settings",
                ]
                | ["conversions" | "referrers" | "review" | "disputes" | "rewards" | "payouts", _]
                | ["payouts", _, _]
                | ["terms", "preview"]
                | ["settings", "keys" | "program" | "audit"]
                | ["settings", "keys" | "sessions", _],
            ) => return Err(Problem::method_not_allowed()),
            _ => return Err(Problem::not_found()),
        })
    }

    /// Whether it reads a form. A preview changes nothing, but is none of another site's business either.
    pub(super) fn writes(&self) -> bool {
        matches!(
            self,
            Self::FlagDecide(_)
                | Self::DisputeDecide(_)
                | Self::RewardDecide(_)
                | Self::PayoutCreate
                | Self::PayoutDecide(_)
                | Self::TermsPreview
                | Self::TermsSave
                | Self::KeyRotate
                | Self::KeyRevoke(_)
                | Self::ProgramChange
                | Self::SessionEnd(_)
        )
    }
}
