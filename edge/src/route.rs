//! Raw paths become a closed enum, once.

use crate::problem::Problem;

/// A call to a program's ledger object, `/v1/…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Program,
    ProgramChange,
    Keys,
    Terms,
    TermsSimulate,
    KeyRotate,
    KeyRevoke(String),
    ReferrerCreate,
    ReferrersImport,
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
    WidgetPortal,
    WidgetChange,
    WidgetWelcome,
    WidgetEvents,
    ClaimCreate,
    LeadDecide(String),
    SaleRate(String),
    RewardDecide(String),
    RewardsDecide,
    PayoutCreate,
    Payout(String),
    /// A batch's id and the name of a file.
    PayoutFile(String, String),
    PayoutDecide(String),
    PayoutTarget(String),
    PayoutSchedule,
    PayoutScheduleChange,
    StatementPage(String),
    Statement(String),
    StatementFile(String),
    CouponsUpload,
    GroupCreate,
    GroupTerms(String),
    ReferrerGroup(String),
    Flags,
    FlagDecide(String),
    FlagsDecide,
    FlagNote(String),
    Fraud,
    FraudChange,
    FraudBacktest,
    Look,
    LookChange,
    Readiness,
    ReadinessSay,
    Assets,
    AssetCreate,
    AssetRetire(String),
    ReferrerChange(String),
    Suspension(String),
    SuspensionDecide(String),
    DisputeCreate,
    DisputeDecide(String),
    Dispute(String),
    DisputeMessage(String),
    WidgetDisputes,
    Why,
    Events,
    LedgerVerify,
    TestClock,
    Erasure,
    SubjectExport,
    Export,
    Import,
}

/// Lists that are read from the ledger alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    Leads,
    Sales,
    Refunds,
    Rewards,
    Claims,
    Payouts,
    Coupons,
    Groups,
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
    /// Either; with a publishable key only what the caller's proof or identity shows to be theirs.
    Either,
}

/// What a table of paths says of a method.
///
/// # Errors
/// 405 where the path takes another method only, 404 where it takes none.
pub(crate) fn by_method<T>(method: &str, at: impl Fn(&str) -> Option<T>) -> Result<T, Problem> {
    at(method).ok_or_else(|| {
        let known = METHODS.into_iter().any(|other| at(other).is_some());
        if known { Problem::method_not_allowed() } else { Problem::not_found() }
    })
}

const METHODS: [&str; 4] = ["GET", "POST", "PATCH", "DELETE"];

impl Call {
    /// Reads method and path.
    ///
    /// # Errors
    /// 404 for a path nobody answers, 405 for a method the path does not take.
    pub(crate) fn parse(method: &str, path: &str) -> Result<Self, Problem> {
        let rest = path.strip_prefix("/v1/").ok_or_else(Problem::not_found)?;
        let segments: Vec<&str> = rest.split('/').collect();
        by_method(method, |method| Self::at(&segments, method))
    }

    fn at(segments: &[&str], method: &str) -> Option<Self> {
        Some(match (segments, method) {
            (["program"], "GET") => Self::Program,
            (["program"], "PATCH") => Self::ProgramChange,
            (["terms"], "GET") => Self::Terms,
            (["terms", "simulate"], "POST") => Self::TermsSimulate,
            (["keys"], "GET") => Self::Keys,
            (["keys"], "POST") => Self::KeyRotate,
            (["keys", id], "DELETE") => Self::KeyRevoke((*id).to_owned()),
            (["referrers"], "POST") => Self::ReferrerCreate,
            (["referrers", "import"], "POST") => Self::ReferrersImport,
            (["referrers"], "GET") => Self::Referrers,
            (["referrers", id], "GET") => Self::Referrer((*id).to_owned()),
            (["referrers", id], "PATCH") => Self::ReferrerChange((*id).to_owned()),
            (["leads"], "POST") => Self::LeadCreate,
            (["leads"], "GET") => Self::List(List::Leads),
            (["sales"], "POST") => Self::SaleCreate,
            (["sales"], "GET") => Self::List(List::Sales),
            (["leads" | "sales", id], "GET") => Self::Conversion((*id).to_owned()),
            (["leads" | "sales", id, "trace"], "GET") => Self::Trace((*id).to_owned()),
            (["refunds"], "POST") => Self::RefundCreate,
            (["refunds"], "GET") => Self::List(List::Refunds),
            (["rewards"], "GET") => Self::List(List::Rewards),
            (["leads", id, "decision"], "POST") => Self::LeadDecide((*id).to_owned()),
            (["sales", id, "exchange_rate"], "POST") => Self::SaleRate((*id).to_owned()),
            (["rewards", id, "decision"], "POST") => Self::RewardDecide((*id).to_owned()),
            (["rewards", "decisions"], "POST") => Self::RewardsDecide,
            (["clicks"], "GET") => Self::Clicks,
            (["stats"], "GET") => Self::Stats,
            (["widget", "join"], "POST") => Self::WidgetJoin,
            (["widget", "me"], "GET") => Self::WidgetMe,
            (["widget", "me"], "PATCH") => Self::WidgetChange,
            (["widget", "disputes"], "GET") => Self::WidgetDisputes,
            (["widget", "portal"], "POST") => Self::WidgetPortal,
            (["widget", "welcome"], "GET") => Self::WidgetWelcome,
            (["widget", "events"], "POST") => Self::WidgetEvents,
            (["claims"], "POST") => Self::ClaimCreate,
            (["claims"], "GET") => Self::List(List::Claims),
            (["groups"], "POST") => Self::GroupCreate,
            (["groups"], "GET") => Self::List(List::Groups),
            (["groups", id, "terms"], "POST") => Self::GroupTerms((*id).to_owned()),
            (["referrers", id, "group"], "POST") => Self::ReferrerGroup((*id).to_owned()),
            (["payouts"], "POST") => Self::PayoutCreate,
            (["payouts"], "GET") => Self::List(List::Payouts),
            (["payouts", "schedule"], "GET") => Self::PayoutSchedule,
            (["payouts", "schedule"], "POST") => Self::PayoutScheduleChange,
            (["payouts", id], "GET") => Self::Payout((*id).to_owned()),
            (["payouts", id, "decision"], "POST") => Self::PayoutDecide((*id).to_owned()),
            (["payouts", id, file], "GET") => Self::PayoutFile((*id).to_owned(), (*file).to_owned()),
            (["referrers", id, "payout_target"], "POST") => Self::PayoutTarget((*id).to_owned()),
            (["referrers", id, "statement.html"], "GET") => Self::StatementPage((*id).to_owned()),
            (["referrers", id, "statement"], "GET") => Self::Statement((*id).to_owned()),
            (["referrers", id, "statement.csv"], "GET") => Self::StatementFile((*id).to_owned()),
            (["coupons"], "POST") => Self::CouponsUpload,
            (["coupons"], "GET") => Self::List(List::Coupons),
            (["flags"], "GET") => Self::Flags,
            (["flags", "decisions"], "POST") => Self::FlagsDecide,
            (["flags", id, "notes"], "POST") => Self::FlagNote((*id).to_owned()),
            (["look"], "GET") => Self::Look,
            (["look"], "PATCH") => Self::LookChange,
            (["readiness"], "GET") => Self::Readiness,
            (["readiness"], "POST") => Self::ReadinessSay,
            (["assets"], "GET") => Self::Assets,
            (["assets"], "POST") => Self::AssetCreate,
            (["assets", id], "DELETE") => Self::AssetRetire((*id).to_owned()),
            (["fraud"], "GET") => Self::Fraud,
            (["fraud"], "PATCH") => Self::FraudChange,
            (["fraud", "backtest"], "POST") => Self::FraudBacktest,
            (["referrers", id, "suspension"], "GET") => Self::Suspension((*id).to_owned()),
            (["referrers", id, "suspension"], "POST") => Self::SuspensionDecide((*id).to_owned()),
            (["flags", id, "decision"], "POST") => Self::FlagDecide((*id).to_owned()),
            (["disputes"], "POST") => Self::DisputeCreate,
            (["disputes"], "GET") => Self::List(List::Disputes),
            (["disputes", id, "decision"], "POST") => Self::DisputeDecide((*id).to_owned()),
            (["disputes", id], "GET") => Self::Dispute((*id).to_owned()),
            (["disputes", id, "messages"], "POST") => Self::DisputeMessage((*id).to_owned()),
            (["why"], "GET") => Self::Why,
            (["events"], "GET") => Self::Events,
            (["audit"], "GET") => Self::List(List::Audit),
            (["ledger", "verify"], "GET") => Self::LedgerVerify,
            (["test", "clock"], "POST") => Self::TestClock,
            (["erasure"], "POST") => Self::Erasure,
            (["subject-export"], "GET") => Self::SubjectExport,
            (["export"], "GET") => Self::Export,
            (["import"], "POST") => Self::Import,
            _ => return None,
        })
    }

    /// The media type of an answer that is not JSON.
    pub(crate) fn media(&self) -> Option<&'static str> {
        match self {
            Self::PayoutFile(..) | Self::StatementFile(_) => Some("text/csv; charset=utf-8"),
            Self::StatementPage(_) => Some("text/html; charset=utf-8"),
            Self::Export => Some("application/x-ndjson"),
            _ => None,
        }
    }

    pub(crate) fn access(&self) -> Access {
        match self {
            Self::WidgetJoin
            | Self::WidgetMe
            | Self::WidgetChange
            | Self::WidgetDisputes
            | Self::WidgetPortal
            | Self::WidgetWelcome
            | Self::WidgetEvents
            | Self::ClaimCreate => Access::Publishable,
            Self::Trace(_)
            | Self::Why
            | Self::DisputeCreate
            | Self::Dispute(_)
            | Self::DisputeMessage(_)
            | Self::DisputeDecide(_) => Access::Either,
            _ => Access::Secret,
        }
    }

    /// Whether an identity token says who calls.
    pub(crate) fn identifies(&self) -> bool {
        matches!(
            self,
            Self::WidgetJoin
                | Self::WidgetMe
                | Self::WidgetChange
                | Self::WidgetDisputes
                | Self::WidgetPortal
                | Self::DisputeCreate
                | Self::Dispute(_)
                | Self::DisputeMessage(_)
                | Self::DisputeDecide(_)
                | Self::Trace(_)
                | Self::Why
        )
    }

    /// Whether it is a command: run once per `Idempotency-Key`.
    pub(crate) fn writes(&self) -> bool {
        matches!(
            self,
            Self::KeyRotate
                | Self::ReferrerCreate
                | Self::ReferrersImport
                | Self::ReferrerChange(_)
                | Self::LeadCreate
                | Self::SaleCreate
                | Self::RefundCreate
                | Self::WidgetJoin
                | Self::WidgetChange
                | Self::ClaimCreate
                | Self::LeadDecide(_)
                | Self::SaleRate(_)
                | Self::RewardDecide(_)
                | Self::RewardsDecide
                | Self::PayoutCreate
                | Self::PayoutScheduleChange
                | Self::PayoutDecide(_)
                | Self::PayoutTarget(_)
                | Self::CouponsUpload
                | Self::GroupCreate
                | Self::GroupTerms(_)
                | Self::ReferrerGroup(_)
                | Self::FlagDecide(_)
                | Self::FlagsDecide
                | Self::FlagNote(_)
                | Self::FraudChange
                | Self::LookChange
                | Self::ReadinessSay
                | Self::AssetCreate
                | Self::AssetRetire(_)
                | Self::SuspensionDecide(_)
                | Self::DisputeCreate
                | Self::DisputeDecide(_)
                | Self::DisputeMessage(_)
                | Self::TestClock
                | Self::Erasure
        )
    }
}
