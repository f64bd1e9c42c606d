//! Payouts: what a person is owed, and files that payment services read.
//!
//! A line of a batch pays a person's approved rewards and what is carried: less what refunds took of rewards that were
//! paid before, more what came back. So at every moment
//! `sent − returned + carried + not yet sent = what the ledger says`.

use crate::csv;
use crate::instant::{DAY_MS, Instant};
use crate::money::Currency;
use alloc::format;
use alloc::string::{String, ToString};

/// What former lines of a person leave to be settled, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Former {
    /// Of rewards in lines that were paid, returned ones included: what they are worth now less what was paid for them.
    pub change: i64,
    /// What came back.
    pub returned: i64,
    /// What lines that were not refused by the bank carried already.
    pub carried: i64,
}

impl Former {
    /// What the next line carries; below 0 it is deducted.
    pub const fn carry(self) -> i64 {
        self.change.saturating_add(self.returned).saturating_sub(self.carried)
    }
}

/// What a line pays: rewards and what is carried, where that is something and not below the minimum.
pub const fn line(rewards: i64, carried: i64, minimum: i64) -> Option<i64> {
    let amount = rewards.saturating_add(carried);
    if amount > 0 && amount >= minimum { Some(amount) } else { None }
}

/// How often payouts are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// On a day of the week, 1 for Monday to 7 for Sunday.
    Week,
    /// On a day of the month, 1 to 28, which every month has.
    Month,
}

/// When payouts are due: at the beginning of a day, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    every: Every,
    day: i8,
}

impl Schedule {
    /// A calendar; none where there is no such day.
    pub fn new(every: Every, day: i64) -> Option<Self> {
        let last = match every {
            Every::Week => 7,
            Every::Month => 28,
        };
        let day = i8::try_from(day).ok()?;
        (1..=last).contains(&day).then_some(Self { every, day })
    }

    /// The last time that payouts were due, up to now.
    pub fn last(self, now: Instant) -> Instant {
        let days = now.ms().div_euclid(DAY_MS);
        let back = match self.every {
            // 1970 began on a Thursday.
            Every::Week => (days + 4 - i64::from(self.day)).rem_euclid(7),
            Every::Month => {
                let (mut back, wanted) = (0, self.day.to_string());
                // 31 days ago every day was met once.
                while back < 31 && day_of_month(days - back) != format!("{wanted:0>2}") {
                    back += 1;
                }
                back
            }
        };
        Instant::from_ms((days - back) * DAY_MS)
    }

    /// The next time after now.
    pub fn next(self, now: Instant) -> Instant {
        let days = now.ms().div_euclid(DAY_MS);
        let far = match self.every {
            Every::Week => 7,
            Every::Month => 31,
        };
        let later = Instant::from_ms((days + far) * DAY_MS);
        let next = self.last(later);
        // From the 1st of a short month it may be one too far.
        let before = self.last(next.plus_ms(-1));
        if before > now { before } else { next }
    }
}

fn day_of_month(days: i64) -> String {
    Instant::from_ms(days * DAY_MS).day().split_off(8)
}

/// Whom a line pays.
#[derive(Clone, Copy, Debug)]
pub struct Payee<'a> {
    /// The line's id, which the bank shows.
    pub reference: &'a str,
    /// As told.
    pub name: Option<&'a str>,
    /// As told.
    pub email: Option<&'a str>,
    /// As [`iban`] gives it.
    pub iban: Option<&'a str>,
    /// Minor units.
    pub amount: i64,
}

/// A file for a payment service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// PayPal Payouts Web: no header; recipient, amount, currency, id, note, wallet.
    Paypal,
    /// Wise batch payment by e-mail.
    Wise,
    /// A plain list of credit transfers, which banks import by naming the columns.
    Sepa,
}

/// Writes the lines that a service can pay; those without the address it needs are left out.
///
/// Sources: PayPal, "Send Payouts from Payouts Web"; Wise, "How do I fill in my batch template".
pub fn file<'a>(
    shape: Shape,
    payees: impl Iterator<Item = Payee<'a>>,
    currency: Currency,
    note: &str,
) -> String {
    let mut text = String::new();
    match shape {
        Shape::Paypal => {}
        Shape::Wise => text.push_str("name,recipientEmail,paymentReference,receiverType,amountCurrency,amount,sourceCurrency,targetCurrency,type\r\n"),
        Shape::Sepa => text.push_str("Name,IBAN,Amount,Currency,Reference,Remittance information\r\n"),
    }
    for payee in payees {
        let amount = plain(payee.amount, currency);
        let code = currency.code();
        let name = payee.name.unwrap_or_default();
        match (shape, payee.email, payee.iban) {
            (Shape::Paypal, Some(email), _) => {
                csv::row(&mut text, &[email, &amount, code, payee.reference, note, "PAYPAL"]);
            }
            (Shape::Wise, Some(email), _) => {
                let reference = payee.reference;
                csv::row(
                    &mut text,
                    &[name, email, reference, "PERSON", "target", &amount, code, code, "EMAIL"],
                );
            }
            (Shape::Sepa, _, Some(iban)) => {
                csv::row(&mut text, &[name, iban, &amount, code, payee.reference, note]);
            }
            _ => {}
        }
    }
    text
}

/// An amount as payment services read it: `1234.50`, with the digits its currency has.
pub fn plain(amount: i64, currency: Currency) -> String {
    let decimals = usize::from(currency.exponent());
    let digits = format!("{:0>width$}", amount.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let sign = if amount < 0 { "-" } else { "" };
    if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// An account number by ISO 13616, without spaces and in capitals. `None` where its check digits do not fit.
pub fn iban(text: &str) -> Option<String> {
    let compact: String = text.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_uppercase()).collect();
    let well_formed = (15..=34).contains(&compact.len())
        && compact.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && compact.bytes().take(2).all(|byte| byte.is_ascii_uppercase())
        && compact.bytes().skip(2).take(2).all(|byte| byte.is_ascii_digit());
    if !well_formed {
        return None;
    }
    let (head, rest) = compact.split_at(4);
    let mut remainder = 0_u32;
    for digit in rest.chars().chain(head.chars()).filter_map(|c| c.to_digit(36)) {
        remainder = (remainder * if digit < 10 { 10 } else { 100 } + digit) % 97;
    }
    (remainder == 1).then_some(compact)
}

/// As much of an account number as tells it from another: its country and its last four digits.
pub fn masked(iban: &str) -> String {
    let (country, end) = (iban.get(..2).unwrap_or_default(), iban.len().saturating_sub(4));
    format!("{country} \u{2026} {}", iban.get(end.max(2)..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).expect("listed")
    }

    #[test]
    fn an_account_number_is_shown_without_what_makes_it_one() {
        assert_eq!(masked("DE89370400440532013000"), "DE \u{2026} 3000");
        assert_eq!(masked("DE8"), "DE \u{2026} 8");
        assert_eq!(masked(""), " \u{2026} ");
    }

    #[test]
    fn account_numbers_prove_themselves() {
        for good in
            ["DE89 3704 0044 0532 0130 00", "gb82west12345698765432", "FR14 2004 1010 0505 0001 3M02 606"]
        {
            assert!(iban(good).is_some_and(|iban| !iban.contains(' ')), "{good}");
        }
        for bad in [
            "DE89 3704 0044 0532 0130 01",
            "DE88370400440532013000",
            "",
            "DE",
            "=DE89370400440532013000",
            "8937040044053201300012",
        ] {
            assert_eq!(iban(bad), None, "{bad}");
        }
    }

    #[test]
    fn files_have_the_columns_of_their_service_and_no_formulas() {
        let payees = [
            Payee {
                reference: "pln_1",
                name: Some("=HYPERLINK(\"x\")"),
                email: Some("ada@mail.example"),
                iban: None,
                amount: 123_450,
            },
            Payee {
                reference: "pln_2",
                name: Some("Eve, \"E\""),
                email: None,
                iban: Some("DE89370400440532013000"),
                amount: 5,
            },
        ];
        let text = |shape, code| file(shape, payees.into_iter(), currency(code), "Fern & Field");
        assert_eq!(text(Shape::Paypal, "EUR"), "ada@mail.example,1234.50,EUR,pln_1,Fern & Field,PAYPAL\r\n");
        assert!(text(Shape::Wise, "JPY").ends_with(
            "\"'=HYPERLINK(\"\"x\"\")\",ada@mail.example,pln_1,PERSON,target,123450,JPY,JPY,EMAIL\r\n"
        ));
        assert!(
            text(Shape::Sepa, "KWD")
                .ends_with("\"Eve, \"\"E\"\"\",DE89370400440532013000,0.005,KWD,pln_2,Fern & Field\r\n")
        );
        assert_eq!(plain(-5, currency("EUR")), "-0.05");
    }

    #[test]
    fn payouts_are_due_on_their_day_and_not_before() {
        let check = |every, day, now: &str, last: &str, next: &str| {
            let schedule = Schedule::new(every, day).expect("a day");
            let now = Instant::parse(now).expect("an instant");
            assert_eq!(
                (schedule.last(now).to_string(), schedule.next(now).to_string()),
                (format!("{last}T00:00:00.000Z"), format!("{next}T00:00:00.000Z")),
                "{now}"
            );
        };
        check(Every::Week, 1, "2026-11-26T12:00:00Z", "2026-11-23", "2026-11-30");
        check(Every::Week, 4, "2026-11-26T00:00:00Z", "2026-11-26", "2026-12-03");
        check(Every::Week, 4, "2026-11-25T23:59:59.999Z", "2026-11-19", "2026-11-26");
        check(Every::Week, 7, "2026-11-26T00:00:00Z", "2026-11-22", "2026-11-29");
        check(Every::Month, 1, "2026-02-28T10:00:00Z", "2026-02-01", "2026-03-01");
        check(Every::Month, 28, "2026-02-28T00:00:00Z", "2026-02-28", "2026-03-28");
        check(Every::Month, 28, "2026-03-01T00:00:00Z", "2026-02-28", "2026-03-28");
        check(Every::Month, 2, "2026-02-01T10:00:00Z", "2026-01-02", "2026-02-02");
        check(Every::Month, 15, "2026-12-31T23:00:00Z", "2026-12-15", "2027-01-15");
        for (every, day) in
            [(Every::Week, 0), (Every::Week, 8), (Every::Month, 29), (Every::Month, -1), (Every::Month, 300)]
        {
            assert_eq!(Schedule::new(every, day), None);
        }
    }

    proptest! {
        #[test]
        fn between_two_times_there_is_no_third(ms in 0_i64..4_000_000_000_000, week: bool, day in 1_i64..=7) {
            let schedule = Schedule::new(if week { Every::Week } else { Every::Month }, if week { day } else { day * 4 }).expect("a day");
            let now = Instant::from_ms(ms);
            let (last, next) = (schedule.last(now), schedule.next(now));
            prop_assert!(last <= now && now < next && next.since_ms(last) <= 31 * DAY_MS);
            prop_assert_eq!(schedule.last(next.plus_ms(-1)), last);
            prop_assert_eq!(schedule.next(last), next);
        }
    }

    #[derive(Clone, Debug)]
    enum Step {
        Grant(i64),
        Refund(usize, i64),
        Batch(i64),
        Decide(usize, u8),
    }

    /// A line of the model: its rewards with the amounts paid for them, what it carried, its amount and its state.
    struct Line {
        items: Vec<(usize, i64)>,
        carried: i64,
        amount: i64,
        state: &'static str,
    }

    proptest! {
        #[test]
        fn what_is_sent_and_what_is_left_always_add_up_to_what_the_ledger_says(steps in proptest::collection::vec(prop_oneof![
            (1_i64..1000).prop_map(Step::Grant),
            (0_usize..20, 1_i64..500).prop_map(|(at, amount)| Step::Refund(at, amount)),
            (0_i64..500).prop_map(Step::Batch),
            (0_usize..20, 0_u8..3).prop_map(|(at, verdict)| Step::Decide(at, verdict)),
        ], 0..60)) {
            let mut rewards: Vec<i64> = Vec::new();
            let mut lines: Vec<Line> = Vec::new();
            for step in steps {
                match step {
                    Step::Grant(amount) => rewards.push(amount),
                    Step::Refund(at, amount) => if let Some(reward) = rewards.get_mut(at) {
                        *reward -= amount.min(*reward);
                    },
                    Step::Batch(minimum) => {
                        let former = lines.iter().fold(Former::default(), |mut former, line| {
                            if matches!(line.state, "paid" | "returned") {
                                former.change += line.items.iter().map(|(at, paid)| rewards[*at] - paid).sum::<i64>();
                            }
                            former.returned += if line.state == "returned" { line.amount } else { 0 };
                            former.carried += if line.state == "failed" { 0 } else { line.carried };
                            former
                        });
                        let live = |at: usize| lines.iter().any(|line| line.state != "failed" && line.items.iter().any(|item| item.0 == at));
                        let items: Vec<(usize, i64)> = rewards.iter().copied().enumerate().filter(|(at, left)| *left > 0 && !live(*at)).collect();
                        let sum = items.iter().map(|item| item.1).sum();
                        if let Some(amount) = super::line(sum, former.carry(), minimum) {
                            prop_assert!(amount > 0 && amount >= minimum);
                            lines.push(Line { items, carried: former.carry(), amount, state: "created" });
                        }
                    }
                    Step::Decide(at, verdict) => if let Some(line) = lines.get_mut(at) {
                        line.state = match (line.state, verdict) {
                            ("created", 0) => "paid",
                            ("created", 1) => "failed",
                            ("paid", 2) => "returned",
                            (state, _) => state,
                        };
                    },
                }
                // Lines that are still on their way count as sent for what they say.
                let mut sent = 0;
                let mut change = 0;
                let mut carried = 0;
                let mut returned = 0;
                for line in lines.iter().filter(|line| line.state != "failed") {
                    sent += line.amount;
                    change += line.items.iter().map(|(at, paid)| rewards[*at] - paid).sum::<i64>();
                    carried += line.carried;
                    returned += if line.state == "returned" { line.amount } else { 0 };
                }
                let carry = Former { change, returned, carried }.carry();
                let live = |at: usize| lines.iter().any(|line| line.state != "failed" && line.items.iter().any(|item| item.0 == at));
                let unsent: i64 = rewards.iter().enumerate().filter(|(at, _)| !live(*at)).map(|(_, left)| left).sum();
                prop_assert_eq!(sent - returned + carry + unsent, rewards.iter().sum::<i64>());
            }
        }
    }
}
