//! What is known of a credited conversion when it is judged, without a name, an address or an IP in it: it is kept with
//! the conversion, so that other settings can be tried on it later.

use super::landing;
use super::person::{self, Person};
use super::sighting::Meeting;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Later than this after the click a conversion counts as late, in milliseconds: 24 hours.
pub const LATE_MS: i64 = 86_400_000;
/// The shorter window in which conversions of one referrer are counted, in milliseconds: 30 minutes.
pub const SHORT_WINDOW_MS: i64 = 1_800_000;
/// The longer one: 24 hours.
pub const LONG_WINDOW_MS: i64 = 86_400_000;

/// Evidence. What is not known says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a finding of its own; a row of evidence, not a state"
)]
pub struct Facts {
    /// Friend and referrer have one mailbox.
    pub same_mailbox: bool,
    /// They have addresses at one domain that is not open to everybody.
    pub same_domain: bool,
    /// Their names or addresses are nearly the same.
    pub similar: bool,
    /// The friend's address is one that is thrown away.
    pub disposable: bool,
    /// The click that won was claimed by a browser, never told by the merchant's server, and no such claim of this
    /// friend was released before.
    pub browser_claim: bool,
    /// The click that won had been followed in the browser the referrer joined in.
    pub own_browser: bool,
    /// Another referrer's money is sent to the same account.
    pub shared_target: bool,
    /// How closely the friend was met where the referrer, or another friend of theirs, had been within two days.
    pub met: Option<Meeting>,
    /// Somebody paid: a sale, not a lead.
    pub sale: bool,
    /// From the click that won to the conversion, in milliseconds; none where the shop named the code.
    pub click_age_ms: Option<i64>,
    /// Conversions of this referrer in the 30 minutes up to this one, with it.
    pub in_30_minutes: u32,
    /// The same in 24 hours.
    pub in_24_hours: u32,
    /// Of the referrer's newest friends, with this one: how many converted first later than [`LATE_MS`] after the click.
    pub late: u32,
    /// How many friends that is of; none are counted where this conversion is not a friend's first.
    pub late_of: u32,
    /// Names of the landing address's parameters.
    pub parameters: Vec<String>,
    /// The host the friend came from.
    pub source_host: Option<String>,
    /// The sale's amount in minor units.
    pub amount: Option<i64>,
    /// The median of the newest sales in its currency.
    pub median: Option<i64>,
    /// How many sales that is of, at most 50.
    pub median_of: u32,
}

impl Facts {
    /// Compares the friend with all that the referrer is known as: with their account, with links joined to it, as a
    /// customer. None of what they are called is kept.
    pub fn compare(&mut self, referrer: &[Person<'_>], friend: Person<'_>) {
        let any =
            |alike: fn(Person<'_>, Person<'_>) -> bool| referrer.iter().any(|known| alike(*known, friend));
        self.same_mailbox = any(person::same_mailbox);
        self.same_domain = any(person::same_domain);
        self.similar = any(person::similar);
        self.disposable = person::disposable(friend);
    }

    /// Notes where the friend came from.
    pub fn landed(&mut self, address: Option<&str>, source: Option<&str>) {
        self.parameters = address.map(landing::parameter_names).unwrap_or_default();
        self.source_host = source.and_then(landing::host);
    }

    /// Notes the amount of a sale and the amounts of those before it, in the same currency.
    pub fn paid(&mut self, amount: i64, mut before: Vec<i64>) {
        before.sort_unstable();
        self.sale = true;
        self.amount = Some(amount);
        self.median = before.get(before.len() / 2).copied();
        self.median_of = u32::try_from(before.len()).unwrap_or(u32::MAX);
    }

    /// Whether this conversion itself came late.
    pub(super) fn is_late(&self) -> bool {
        self.click_age_ms.is_some_and(|age| age > LATE_MS)
    }
}
