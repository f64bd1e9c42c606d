//! Raw paths become a closed enum, once.

use crate::problem::Problem;

/// A call to a program's ledger object, `/v1/…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Program,
    ProgramChange,
    Keys,
    KeyRotate,
    KeyRevoke(String),
    ReferrerCreate,
    Referrers,
    Referrer(String),
    LeadCreate,
    SaleCreate,
    RefundCreate,
    List(List),
    Conversion(String),
    Trace(String),
    Clicks,
    Stats,
    WidgetJoin,
    WidgetMe,
    WidgetChange,
    WidgetWelcome,
    WidgetEvents,
    ClaimCreate,
    Flags,
    FlagDecide(String),
    FlagsDecide,
    FlagNote(String),
    Fraud,
    FraudChange,
    FraudBacktest,
    Suspension(String),
    SuspensionDecide(String),
    DisputeCreate,
    DisputeDecide(String),
}

/// Lists that are read from the ledger alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    Leads,
    Sales,
    Refunds,
    Rewards,
    Claims,
    Disputes,
}

/// Which keys may make a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// The merchant's server.
    Secret,
    /// A page of the merchant.
    Publishable,
    /// Either; with a publishable key only what the caller's proof or identity shows to be theirs.
    Either,
}

impl Call {
    /// Reads method and path.
    ///
    /// # Errors
    /// 404 for a path nobody answers, 405 for a method the path does not take.
    pub(crate) fn parse(method: &str, path: &str) -> Result<Self, Problem> {
        let rest = path.strip_prefix("/v1/").ok_or_else(Problem::not_found)?;
        let segments: Vec<&str> = rest.split('/').collect();
        let found = match (segments.as_slice(), method) {
            (["program"], "GET") => Self::Program,
            (["program"], "PATCH") => Self::ProgramChange,
            (["keys"], "GET") => Self::Keys,
            (["keys"], "POST") => Self::KeyRotate,
            (["keys", id], "DELETE") => Self::KeyRevoke((*id).to_owned()),
            (["referrers"], "POST") => Self::ReferrerCreate,
            (["referrers"], "GET") => Self::Referrers,
            (["referrers", id], "GET") => Self::Referrer((*id).to_owned()),
            (["leads"], "POST") => Self::LeadCreate,
            (["leads"], "GET") => Self::List(List::Leads),
            (["sales"], "POST") => Self::SaleCreate,
            (["sales"], "GET") => Self::List(List::Sales),
            (["leads" | "sales", id], "GET") => Self::Conversion((*id).to_owned()),
            (["leads" | "sales", id, "trace"], "GET") => Self::Trace((*id).to_owned()),
            (["refunds"], "POST") => Self::RefundCreate,
            (["refunds"], "GET") => Self::List(List::Refunds),
            (["rewards"], "GET") => Self::List(List::Rewards),
            (["clicks"], "GET") => Self::Clicks,
            (["stats"], "GET") => Self::Stats,
            (["widget", "join"], "POST") => Self::WidgetJoin,
            (["widget", "me"], "GET") => Self::WidgetMe,
            (["widget", "me"], "PATCH") => Self::WidgetChange,
            (["widget", "welcome"], "GET") => Self::WidgetWelcome,
            (["widget", "events"], "POST") => Self::WidgetEvents,
            (["claims"], "POST") => Self::ClaimCreate,
            (["claims"], "GET") => Self::List(List::Claims),
            (["flags"], "GET") => Self::Flags,
            (["flags", "decisions"], "POST") => Self::FlagsDecide,
            (["flags", id, "notes"], "POST") => Self::FlagNote((*id).to_owned()),
            (["fraud"], "GET") => Self::Fraud,
            (["fraud"], "PATCH") => Self::FraudChange,
            (["fraud", "backtest"], "POST") => Self::FraudBacktest,
            (["referrers", id, "suspension"], "GET") => Self::Suspension((*id).to_owned()),
            (["referrers", id, "suspension"], "POST") => Self::SuspensionDecide((*id).to_owned()),
            (["flags", id, "decision"], "POST") => Self::FlagDecide((*id).to_owned()),
            (["disputes"], "POST") => Self::DisputeCreate,
            (["disputes"], "GET") => Self::List(List::Disputes),
            (["disputes", id, "decision"], "POST") => Self::DisputeDecide((*id).to_owned()),
            (
                [
                    "program" | "keys" | "referrers" | "leads" | "sales" | "refunds" | "rewards" | "clicks"
                    | "stats" | "claims" | "flags" | "fraud" | "disputes",
                ]
                | ["keys" | "referrers" | "leads" | "sales", _]
                | ["leads" | "sales", _, "trace"]
                | ["flags" | "disputes", _, "decision"]
                | ["flags", "decisions"]
                | ["flags", _, "notes"]
                | ["fraud", "backtest"]
                | ["referrers", _, "suspension"]
                | ["widget", "join" | "me" | "welcome" | "events"],
                _,
            ) => return Err(Problem::method_not_allowed()),
            _ => return Err(Problem::not_found()),
        };
        Ok(found)
    }

    pub(crate) fn access(&self) -> Access {
        match self {
            Self::WidgetJoin
            | Self::WidgetMe
            | Self::WidgetChange
            | Self::WidgetWelcome
            | Self::WidgetEvents
            | Self::ClaimCreate
            | Self::DisputeCreate => Access::Publishable,
            Self::Trace(_) => Access::Either,
            _ => Access::Secret,
        }
    }

    /// Whether an identity token says who calls.
    pub(crate) fn identifies(&self) -> bool {
        matches!(
            self,
            Self::WidgetJoin | Self::WidgetMe | Self::WidgetChange | Self::DisputeCreate | Self::Trace(_)
        )
    }

    /// Whether it is a command: run once per `Idempotency-Key`.
    pub(crate) fn writes(&self) -> bool {
        matches!(
            self,
            Self::KeyRotate
                | Self::ReferrerCreate
                | Self::LeadCreate
                | Self::SaleCreate
                | Self::RefundCreate
                | Self::WidgetJoin
                | Self::WidgetChange
                | Self::ClaimCreate
                | Self::FlagDecide(_)
                | Self::FlagsDecide
                | Self::FlagNote(_)
                | Self::FraudChange
                | Self::SuspensionDecide(_)
                | Self::DisputeCreate
                | Self::DisputeDecide(_)
        )
    }
}
