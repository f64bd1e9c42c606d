//! Paths of a referrer's pages become a closed enum, once.

use super::file::Short;
use crate::ledger::portal::file::Own;
use crate::problem::Problem;
use crate::route::by_method;
use referral::table::Format;

/// A referrer's page, or what a form of one does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Page {
    Home,
    /// The link with a channel and a page, as a picture to keep.
    Picture,
    EnterForm,
    Enter,
    Goodbye,
    /// Which language pages are in.
    Language,
    Close,
    Conversions,
    Conversion(String),
    WhyForm,
    Why,
    Rewards,
    Statement,
    StatementFile(Format),
    Disputes,
    DisputeOpen,
    Dispute(String),
    DisputeMessage(String),
    DisputeWithdraw(String),
    Assets,
    Terms,
    TermsAccept,
    Profile,
    ProfileChange,
    TargetChange,
    SessionEnd(String),
    Export,
    /// A list to keep.
    File(Own, Format),
    /// A short one.
    Short(Short, Format),
    /// A link was copied, as the page's script says.
    Shared,
    LeaveForm,
    Leave,
}

impl Page {
    /// Reads the program's name and the page in it from method and path, the path without its `/p/`. What a `POST` reaches
    /// reads a form, and must come from a page of ours.
    ///
    /// # Errors
    /// 404 for a path nobody answers, 405 for a method the path does not take.
    pub(super) fn parse<'a>(method: &str, path: &'a str) -> Result<(&'a str, Self), Problem> {
        let method = if method == "HEAD" { "GET" } else { method };
        let (program, rest) = path.split_once('/').unwrap_or((path, ""));
        let segments: Vec<&str> = rest.split('/').collect();
        Ok((program, by_method(method, |method| Self::at(method, &segments))?))
    }

    fn at(method: &str, segments: &[&str]) -> Option<Self> {
        let own = |text: &&str| (*text).to_owned();
        Some(match (method, segments) {
            ("GET", [""]) => Self::Home,
            ("GET", ["link.svg"]) => Self::Picture,
            ("GET", ["enter"]) => Self::EnterForm,
            ("POST", ["enter"]) => Self::Enter,
            ("GET", ["goodbye"]) => Self::Goodbye,
            ("POST", ["language"]) => Self::Language,
            ("POST", ["close"]) => Self::Close,
            ("GET", ["conversions"]) => Self::Conversions,
            ("GET", ["conversions", id]) => Self::Conversion(own(id)),
            ("GET", ["why"]) => Self::WhyForm,
            ("POST", ["why"]) => Self::Why,
            ("GET", ["rewards"]) => Self::Rewards,
            ("GET", ["statement"]) => Self::Statement,
            ("GET", ["statement.csv"]) => Self::StatementFile(Format::Csv),
            ("GET", ["statement.json"]) => Self::StatementFile(Format::Json),
            ("GET", ["disputes"]) => Self::Disputes,
            ("POST", ["disputes"]) => Self::DisputeOpen,
            ("GET", ["disputes", id]) => Self::Dispute(own(id)),
            ("POST", ["disputes", id, "messages"]) => Self::DisputeMessage(own(id)),
            ("POST", ["disputes", id, "withdraw"]) => Self::DisputeWithdraw(own(id)),
            ("GET", ["assets"]) => Self::Assets,
            ("GET", ["terms"]) => Self::Terms,
            ("POST", ["terms"]) => Self::TermsAccept,
            ("GET", ["profile"]) => Self::Profile,
            ("POST", ["profile"]) => Self::ProfileChange,
            ("POST", ["profile", "target"]) => Self::TargetChange,
            ("POST", ["profile", "sessions", id]) => Self::SessionEnd(own(id)),
            ("GET", ["data.json"]) => Self::Export,
            ("POST", ["shared"]) => Self::Shared,
            ("GET", ["leave"]) => Self::LeaveForm,
            ("POST", ["leave"]) => Self::Leave,
            ("GET", [name]) => {
                if let Some((short, format)) = Short::file(name) {
                    return Some(Self::Short(short, format));
                }
                let (list, format) = Own::file(name)?;
                Self::File(list, format)
            }
            _ => return None,
        })
    }
}
