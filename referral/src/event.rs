//! What the world may be told: the closed list of events and their words.

/// Something that happened in a program, as `GET /v1/events` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody has a link of their own.
    ReferrerJoined,
    /// A friend identified themselves.
    LeadRecorded,
    /// A lead was found to be a good one, by rule or by a person.
    LeadQualified,
    /// A friend paid.
    SaleRecorded,
    /// Money of a recorded sale went back.
    SaleRefunded,
    /// The terms gave somebody a reward.
    RewardGranted,
    /// A reward waits for a person's decision.
    RewardHeld,
    /// A reward is owed: its hold has ended.
    RewardApproved,
    /// A reward was sent to a bank, or a perk was given.
    RewardPaid,
    /// Nothing is left of a reward that was not paid out.
    RewardVoided,
    /// A conversion is doubted.
    FlagOpened,
    /// A person decided about a doubt.
    FlagDecided,
    /// A referrer doubts what was decided.
    DisputeOpened,
    /// The merchant answered a referrer's doubt.
    DisputeDecided,
    /// Approved rewards were put together to be sent.
    PayoutCreated,
    /// One person's line of such a batch was sent.
    PayoutPaid,
    /// There is a new version of the terms, the program's or a group's.
    TermsChanged,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 17] = [
        Self::ReferrerJoined,
        Self::LeadRecorded,
        Self::LeadQualified,
        Self::SaleRecorded,
        Self::SaleRefunded,
        Self::RewardGranted,
        Self::RewardHeld,
        Self::RewardApproved,
        Self::RewardPaid,
        Self::RewardVoided,
        Self::FlagOpened,
        Self::FlagDecided,
        Self::DisputeOpened,
        Self::DisputeDecided,
        Self::PayoutCreated,
        Self::PayoutPaid,
        Self::TermsChanged,
    ];

    /// The word in JSON and SQL.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ReferrerJoined => "referrer.joined",
            Self::LeadRecorded => "lead.recorded",
            Self::LeadQualified => "lead.qualified",
            Self::SaleRecorded => "sale.recorded",
            Self::SaleRefunded => "sale.refunded",
            Self::RewardGranted => "reward.granted",
            Self::RewardHeld => "reward.held",
            Self::RewardApproved => "reward.approved",
            Self::RewardPaid => "reward.paid",
            Self::RewardVoided => "reward.voided",
            Self::FlagOpened => "flag.opened",
            Self::FlagDecided => "flag.decided",
            Self::DisputeOpened => "dispute.opened",
            Self::DisputeDecided => "dispute.decided",
            Self::PayoutCreated => "payout.created",
            Self::PayoutPaid => "payout.paid",
            Self::TermsChanged => "terms.changed",
        }
    }

    /// The event of this word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_found_by_its_word() {
        for event in Event::ALL {
            assert_eq!(Event::named(event.word()), Some(event));
        }
        assert_eq!(Event::named("reward"), None);
    }
}
