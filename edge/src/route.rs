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
    WidgetEvents,
    ClaimCreate,
    FlagDecide(String),
    DisputeCreate,
    DisputeDecide(String),
    Events,
    LedgerVerify,
    TestClock,
    Erasure,
    SubjectExport,
}

/// Lists that are read from the ledger alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    Leads,
    Sales,
    Refunds,
    Rewards,
    Claims,
    Flags,
    Disputes,
    Audit,
}

/// Which keys may make a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// The merchant's server.
    Secret,
    /// A page of the merchant.
    Publishable,
    /// Either; with a publishable key only what the caller's proof shows to be theirs.
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
            (["widget", "events"], "POST") => Self::WidgetEvents,
            (["claims"], "POST") => Self::ClaimCreate,
            (["claims"], "GET") => Self::List(List::Claims),
            (["flags"], "GET") => Self::List(List::Flags),
            (["flags", id, "decision"], "POST") => Self::FlagDecide((*id).to_owned()),
            (["disputes"], "POST") => Self::DisputeCreate,
            (["disputes"], "GET") => Self::List(List::Disputes),
            (["disputes", id, "decision"], "POST") => Self::DisputeDecide((*id).to_owned()),
            (["events"], "GET") => Self::Events,
            (["audit"], "GET") => Self::List(List::Audit),
            (["ledger", "verify"], "GET") => Self::LedgerVerify,
            (["test", "clock"], "POST") => Self::TestClock,
            (["erasure"], "POST") => Self::Erasure,
            (["subject-export"], "GET") => Self::SubjectExport,
            (
                [
                    "program" | "keys" | "referrers" | "leads" | "sales" | "refunds" | "rewards" | "clicks"
                    | "stats" | "claims" | "flags" | "disputes" | "events" | "audit" | "erasure"
                    | "subject-export",
                ]
                | ["keys" | "referrers" | "leads" | "sales", _]
                | ["leads" | "sales", _, "trace"]
                | ["flags" | "disputes", _, "decision"]
                | ["widget", "join" | "me" | "events"]
                | ["ledger", "verify"]
                | ["test", "clock"],
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
            | Self::WidgetEvents
            | Self::ClaimCreate
            | Self::DisputeCreate => Access::Publishable,
            Self::Trace(_) => Access::Either,
            _ => Access::Secret,
        }
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
                | Self::ClaimCreate
                | Self::FlagDecide(_)
                | Self::DisputeCreate
                | Self::DisputeDecide(_)
                | Self::TestClock
                | Self::Erasure
        )
    }
}
