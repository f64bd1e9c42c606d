//! What happens in a history, drawn by chance.

use referral::terms::Terms;
use serde_json::json;

/// When histories begin: 2026-11-21, in milliseconds.
pub(crate) const START_MS: i64 = 1_795_219_200_000;
pub(crate) const DAY_MS: i64 = 86_400_000;

/// Codes and the mailboxes of their owners; nobody owns the last.
pub(crate) const OWNERS: [(&str, &str); 2] = [("ada", "ada@shop.example"), ("eve", "eve@shop.example")];
pub(crate) const NOBODY: &str = "nobody";
/// The customer who is the referrer `ada`.
pub(crate) const ADA: u8 = 0;
/// The customer who has the mailbox of the referrer `eve`.
pub(crate) const EVE: u8 = 1;
pub(crate) const CUSTOMERS: u64 = 4;

/// `SplitMix64` (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 up to, not including, `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.bits() % end.max(1)
    }

    /// From 1 to `most`.
    pub(crate) fn span(&mut self, most: i64) -> i64 {
        1 + i64::try_from(self.below(most.unsigned_abs())).unwrap_or(0)
    }

    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let at = self.below(u64::try_from(items.len()).ok()?);
        items.get(usize::try_from(at).ok()?)
    }

    fn small(&mut self, end: u64) -> u8 {
        u8::try_from(self.below(end)).unwrap_or(0)
    }
}

/// A click that a conversion brings along; no two are of the same instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Click {
    pub(crate) code: &'static str,
    pub(crate) at: i64,
}

/// Something a merchant's server tells, or a hold's end that is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    Lead {
        customer: u8,
        event: u8,
        at: i64,
        click: Option<Click>,
    },
    Sale {
        order: u8,
        customer: u8,
        at: i64,
        click: Option<Click>,
        amount: i64,
        currency: &'static str,
    },
    Refund {
        refund: u8,
        order: u8,
        amount: i64,
    },
    /// A person decides about the flags of a conversion.
    Decide {
        conversion: String,
        confirm: bool,
    },
    /// A dispute is upheld: the credit for a conversion goes to whoever owns this code.
    Move {
        dispute: u8,
        conversion: String,
        to: &'static str,
    },
    Tick,
}

/// What becomes of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Recorded, now or before.
    Taken,
    /// More money would go back than came.
    ExceedsSale,
    /// There is nothing to decide.
    Unknown,
    /// It was decided the other way.
    Decided,
    /// A flag on it must be decided before.
    Doubted,
    /// It is theirs already.
    Theirs,
    /// They are the customer.
    Own,
}

impl Fact {
    /// What makes it the same fact when it is told again.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Lead { customer, event, .. } => format!("lead {event} {customer}"),
            Self::Sale { order, .. } => format!("sale {order}"),
            Self::Refund { refund, .. } => format!("refund {refund}"),
            Self::Decide { conversion, .. } => format!("decide {conversion}"),
            Self::Move { dispute, .. } => format!("move {dispute}"),
            Self::Tick => String::new(),
        }
    }
}

/// One program and everything that will be told about it.
pub(crate) struct History {
    pub(crate) terms: Terms,
    pub(crate) facts: Vec<Fact>,
}

impl History {
    pub(crate) fn draw(chance: &mut Chance) -> Self {
        let terms = terms(chance);
        let mut facts = Vec::new();
        let mut clicks = 0;
        for event in 0..2 {
            for customer in 0..CUSTOMERS {
                let (click, at) = (click(chance, &mut clicks), moment(chance));
                facts.push(Fact::Lead { customer: u8::try_from(customer).unwrap_or(0), event, at, click });
            }
        }
        for order in 0..6 {
            let amount = match chance.below(5) {
                0 => i64::try_from(chance.below(4)).unwrap_or(0),
                1 => referral::money::LARGEST_AMOUNT - chance.span(5),
                _ => chance.span(20_000),
            };
            let currency = if chance.below(8) == 0 { "JPY" } else { "EUR" };
            let (customer, click, at) = (chance.small(CUSTOMERS), click(chance, &mut clicks), moment(chance));
            facts.push(Fact::Sale { order, customer, at, click, amount, currency });
            for part in 0..chance.small(4) {
                let whole = chance.below(4) == 0;
                let amount = if whole { amount.max(1) } else { chance.span(amount.max(1)) };
                facts.push(Fact::Refund { refund: order * 4 + part, order, amount });
            }
            facts.push(Fact::Decide { conversion: format!("sale {order}"), confirm: chance.below(2) == 0 });
        }
        for event in 0..2 {
            facts.push(Fact::Decide {
                conversion: format!("lead {event} {EVE}"),
                confirm: chance.below(2) == 0,
            });
        }
        // Some conversions go to and fro.
        for dispute in 0..12 {
            let conversion = match chance.below(4) {
                0 => format!("lead {} {}", chance.below(2), chance.below(CUSTOMERS)),
                _ => format!("sale {}", chance.below(6)),
            };
            let to = OWNERS[usize::from(chance.below(2) == 0)].0;
            facts.push(Fact::Move { dispute, conversion, to });
        }
        Self { terms, facts }
    }
}

/// Around the beginning: up to 200 days before, so that windows and holds have ended or not.
fn moment(chance: &mut Chance) -> i64 {
    START_MS - chance.span(200 * DAY_MS)
}

fn click(chance: &mut Chance, clicks: &mut i64) -> Option<Click> {
    *clicks += 1;
    let code = match chance.below(8) {
        0 => return None,
        1 => NOBODY,
        2..5 => OWNERS[0].0,
        _ => OWNERS[1].0,
    };
    // The last digits make it one of a kind.
    // Half of them within three days, so that some stand down.
    let days = if chance.below(2) == 0 { 3 } else { 260 };
    let at = (START_MS - chance.span(days * DAY_MS)).div_euclid(1_000) * 1_000 + *clicks;
    Some(Click { code, at })
}

fn terms(chance: &mut Chance) -> Terms {
    let mut rules = Vec::new();
    let mut bps_left = 10_000;
    for number in 0..chance.below(5) {
        let on = if chance.below(3) == 0 { "lead" } else { "sale" };
        let to = if chance.below(2) == 0 { "referrer" } else { "friend" };
        let share = on == "sale" && chance.below(2) == 0 && bps_left > 1;
        let pay = if share {
            let bps = chance.span(bps_left - 1);
            bps_left -= bps;
            json!({ "share_bps": bps })
        } else {
            json!({ "flat": chance.span(3_000) })
        };
        rules.push(json!({ "id": format!("r{number}"), "on": on, "to": to, "pay": pay }));
    }
    let stand_down_minutes = chance.pick(&[0, 60, 1_440]);
    let terms = json!({
        "attribution": if chance.below(2) == 0 { "last_click" } else { "first_click" },
        "stand_down_minutes": stand_down_minutes,
        "window_days": 30 + chance.below(100),
        "hold_days": chance.below(60),
        "minimum_order": if chance.below(2) == 0 { 0 } else { chance.below(2_000) },
        "first_customer_only": chance.below(2) == 0,
        "rewards": rules,
    });
    Terms::read("terms", terms.as_object().expect("an object")).expect("terms that hold")
}
