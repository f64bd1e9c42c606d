//! The words of a decision: why somebody won, why nobody is credited, what became of a touch.

use serde::{Deserialize, Serialize};

/// Why the winner won.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The newest click within the window.
    LastClick,
    /// The oldest click within the window.
    FirstClick,
    /// The merchant named the code.
    Code,
    /// The customer belongs to the referrer since an earlier conversion.
    BoundCustomer,
    /// A person decided a dispute so.
    Dispute,
}

impl Rule {
    /// The word in JSON and SQL.
    pub const fn word(self) -> &'static str {
        match self {
            Self::LastClick => "last_click",
            Self::FirstClick => "first_click",
            Self::Code => "code",
            Self::BoundCustomer => "bound_customer",
            Self::Dispute => "dispute",
        }
    }

    /// One sentence for the merchant and the referrer.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::LastClick => "This was the last referral link that counted within the window.",
            Self::FirstClick => "This was the first referral link followed within the window.",
            Self::Code => "The shop named this code with the conversion.",
            Self::BoundCustomer => {
                "An earlier conversion of this customer was credited to this referrer, and the customer stays theirs."
            }
            Self::Dispute => "The referrer asked, and the shop found that it was their good word.",
        }
    }
}

/// Why nobody is credited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No click and no code came with it.
    NoClick,
    /// The click id does not prove itself: forged, altered, expired, or of another program.
    InvalidClick,
    /// Nobody joined with this code.
    UnknownCode,
    /// The click is older than the window.
    OutsideWindow,
    /// The click came after the conversion.
    ClickAfterConversion,
    /// The merchant knew this customer already.
    ExistingCustomer,
    /// The referrer is the customer.
    SelfReferral,
    /// The credit went to another referrer, after a dispute of theirs.
    Reattributed,
}

impl Reason {
    /// The word in JSON and SQL.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoClick => "no_click",
            Self::InvalidClick => "invalid_click",
            Self::UnknownCode => "unknown_code",
            Self::OutsideWindow => "outside_window",
            Self::ClickAfterConversion => "click_after_conversion",
            Self::ExistingCustomer => "existing_customer",
            Self::SelfReferral => "self_referral",
            Self::Reattributed => "reattributed",
        }
    }

    /// One sentence for the merchant and the referrer.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NoClick => "No referral link was followed before this.",
            Self::InvalidClick => {
                "The click id did not prove itself: it was altered, expired, or made for another program."
            }
            Self::UnknownCode => "Nobody has joined the program with this code.",
            Self::OutsideWindow => "The link was followed too long before: the window had ended.",
            Self::ClickAfterConversion => "The link was followed only after this happened.",
            Self::ExistingCustomer => "The shop knew this customer before the link was followed.",
            Self::SelfReferral => "The link belongs to the customer themselves.",
            Self::Reattributed => {
                "After a dispute the shop found that another referrer had sent the customer."
            }
        }
    }
}

/// What became of one touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It won.
    Won,
    /// Another click came later, and the last one wins.
    LaterClickWon,
    /// Another click came earlier, and the first one wins.
    EarlierClickWon,
    /// It came too soon after somebody else's click to take over.
    StoodDown,
    /// The customer belongs to a referrer already.
    CustomerBound,
    /// It could not win, for this reason.
    #[serde(untagged)]
    Refused(Reason),
}

impl Outcome {
    /// The word in JSON and SQL.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Won => "won",
            Self::LaterClickWon => "later_click_won",
            Self::EarlierClickWon => "earlier_click_won",
            Self::StoodDown => "stood_down",
            Self::CustomerBound => "customer_bound",
            Self::Refused(reason) => reason.word(),
        }
    }

    /// One sentence for the merchant and the referrer.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Won => "This link won.",
            Self::LaterClickWon => "Another link was followed later, and the last one counts.",
            Self::EarlierClickWon => "Another link was followed earlier, and the first one counts.",
            Self::StoodDown => "This link came too soon after somebody else’s to take over.",
            Self::CustomerBound => {
                "The customer belonged to a referrer already, since an earlier conversion."
            }
            Self::Refused(reason) => reason.sentence(),
        }
    }
}
