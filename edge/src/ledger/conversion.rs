//! What a caller says of a lead or a sale, parsed.

use super::person::Person;
use super::sighting::Told;
use referral::exchange::Rate;
use referral::input::Input;
use referral::instant::Instant;
use referral::money::Money;

/// How far ahead of our clock a merchant's may run, in milliseconds.
const SKEW_MS: i64 = 300_000;

pub(crate) enum Kind {
    Lead {
        event: String,
    },
    Sale {
        order_id: String,
        paid: Money,
        /// What one unit of its currency is worth in the program's, where that is another one and the merchant told.
        rate: Option<Rate>,
    },
}

/// What a caller said of a conversion, parsed.
pub(crate) struct Conversion {
    pub(crate) kind: Kind,
    pub(crate) customer_id: String,
    pub(crate) presented: Presented,
    pub(crate) person: Person,
    /// The merchant has seen that mail arrives at the address.
    pub(crate) email_verified: bool,
    pub(crate) occurred_at: Instant,
    pub(crate) metadata: Option<String>,
}

/// The evidence that came with it.
pub(crate) struct Presented {
    pub(crate) click_id: Option<String>,
    pub(crate) code: Option<String>,
    /// Address and browser of the friend; hashed, never kept.
    pub(crate) told: Told,
    /// Where the friend landed; only the names of its parameters are kept.
    pub(crate) landing_url: Option<String>,
    /// Where the friend came from; only the host is kept.
    pub(crate) referring_host: Option<String>,
}

impl Presented {
    /// Reads `click_id`, `code` and what tells where the friend was. Visitors choose what they hold, so it is judged, not refused: a bad click id is an
    /// unattributed conversion, never a lost one. An empty text is what a merchant without a cookie sends.
    pub(crate) fn read(input: &mut Input<'_>) -> Self {
        Self {
            click_id: evidence(input, "click_id", 2000),
            code: evidence(input, "code", 200),
            told: Told::read(input),
            landing_url: evidence(input, "landing_url", 4000),
            referring_host: evidence(input, "referring_host", 2000),
        }
    }
}

/// A text of a visitor's. What is too long or holds control characters proves nothing, and is kept as nothing.
pub(crate) fn evidence(input: &mut Input<'_>, name: &'static str, most: usize) -> Option<String> {
    let value = input.value(name)?;
    let Some(text) = value.as_str() else {
        input.refuse(name, "wrong_type", "must be a text");
        return None;
    };
    let plain = text.chars().count() <= most && !text.chars().any(char::is_control);
    match text {
        "" => None,
        _ if plain => Some(text.to_owned()),
        _ => Some(String::new()),
    }
}

/// Reads `occurred_at`; now where it is left out.
pub(crate) fn occurred_at(input: &mut Input<'_>, now: Instant) -> Instant {
    let told = input.instant("occurred_at").unwrap_or(now);
    if told.since_ms(now) > SKEW_MS {
        input.refuse("occurred_at", "out_of_range", "lies in the future; check the clock of your server");
    }
    told
}

impl Kind {
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Lead { .. } => "lead",
            Self::Sale { .. } => "sale",
        }
    }

    pub(crate) fn natural_key(&self, customer_id: &str) -> String {
        match self {
            Self::Lead { event } => format!("{event} {customer_id}"),
            Self::Sale { order_id, .. } => order_id.clone(),
        }
    }

    pub(crate) fn paid(&self) -> Option<Money> {
        match self {
            Self::Lead { .. } => None,
            Self::Sale { paid, .. } => Some(*paid),
        }
    }
}
