//! Steps as people write them in a form, one a line: from where it holds, a colon, and what it gives, as `10: 8 %` or
//! `0: 2.50`. Nothing is guessed: a line that is none is named.

use crate::figures::{plain_money, plain_percent, read_money, read_percent, read_whole};
use crate::money::Currency;
use crate::terms::pay::{Amount, Step};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What a step begins at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// A number of conversions, or of months.
    Number,
    /// An amount of the program's currency.
    Amount,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It has no colon, or nothing on it.
    Shape,
    /// What stands before the colon is no number.
    Number,
    /// What stands before the colon is no amount.
    Amount,
    /// What stands behind the colon is neither an amount nor a share.
    Gives,
    /// It begins no later than the line before.
    Order,
}

/// The first line that is no step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// Steps as they stand in a field of a form, readable by [`read`].
pub fn plain(steps: &[Step], start: Start, currency: Currency) -> String {
    let line = |step: &Step| {
        let from = match start {
            Start::Number => step.from.to_string(),
            Start::Amount => plain_money(step.from, currency),
        };
        match step.gives {
            Amount::Flat(amount) => format!("{from}: {}", plain_money(amount, currency)),
            Amount::ShareBps(bps) => format!("{from}: {} %", plain_percent(bps)),
        }
    };
    steps.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Reads steps, one a line, ascending; space around them all is left out, an empty line between them is a fault. None where
/// there is nothing. So the step of a number stands on the line of that number.
///
/// # Errors
/// The first line that is none.
pub fn read(text: &str, start: Start, currency: Currency) -> Result<Vec<Step>, Fault> {
    let mut steps: Vec<Step> = Vec::new();
    for (at, line) in text.trim().lines().enumerate() {
        let fault = |wrong| Fault { line: at + 1, wrong };
        let (from, gives) = line.split_once(':').ok_or(fault(Wrong::Shape))?;
        let from = match start {
            Start::Number => read_whole(from).ok_or(fault(Wrong::Number))?,
            Start::Amount => read_money(from, currency).ok_or(fault(Wrong::Amount))?,
        };
        let gives = read_gives(gives.trim(), currency).ok_or(fault(Wrong::Gives))?;
        if steps.last().is_some_and(|last| last.from >= from) {
            return Err(fault(Wrong::Order));
        }
        steps.push(Step { from, gives });
    }
    Ok(steps)
}

fn read_gives(text: &str, currency: Currency) -> Option<Amount> {
    match text.strip_suffix('%') {
        Some(share) if share.ends_with('%') => None,
        Some(share) => read_percent(share).map(Amount::ShareBps),
        None => read_money(text, currency).map(Amount::Flat),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::LARGEST_AMOUNT;
    use alloc::vec;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).expect("a currency")
    }

    #[test]
    fn a_step_stands_on_a_line_as_people_write_it() {
        let share = |from, bps| Step { from, gives: Amount::ShareBps(bps) };
        let flat = |from, amount| Step { from, gives: Amount::Flat(amount) };
        let check = |text: &str, start, code, expected: Vec<Step>| {
            assert_eq!(read(text, start, currency(code)), Ok(expected), "{text:?} {code}");
        };
        check("", Start::Number, "EUR", vec![]);
        check(" \r\n ", Start::Amount, "EUR", vec![]);
        check("1: 5 %\n10: 8 %", Start::Number, "EUR", vec![share(1, 500), share(10, 800)]);
        check("1:5%\r\n10 : 8,5%\r\n", Start::Number, "EUR", vec![share(1, 500), share(10, 850)]);
        check("\n 0: 2.50\n12: 3", Start::Number, "EUR", vec![flat(0, 250), flat(12, 300)]);
        check("0: 5 %\n1000,50: 7.5 %", Start::Amount, "EUR", vec![share(0, 500), share(100_050, 750)]);
        check("0: 500\n1000: 5 %", Start::Amount, "JPY", vec![flat(0, 500), share(1000, 500)]);
        check("1: 0", Start::Number, "EUR", vec![flat(1, 0)]);
    }

    #[test]
    fn a_line_that_is_no_step_is_named() {
        let check = |text: &str, start, line, wrong| {
            assert_eq!(read(text, start, currency("EUR")), Err(Fault { line, wrong }), "{text:?}");
        };
        for text in ["5 %", "1 5 %", "1 = 5 %", "ten", ";"] {
            check(text, Start::Number, 1, Wrong::Shape);
            check(&format!("1: 5 %\n{text}\n3: 6 %"), Start::Number, 2, Wrong::Shape);
        }
        check("1: 5 %\n\n10: 8 %", Start::Number, 2, Wrong::Shape);
        for from in ["", "one", "1.5", "-1", "+1", "1,000", "1e3", "१", "99999999999999999999"] {
            check(&format!("{from}: 5 %"), Start::Number, 1, Wrong::Number);
        }
        for from in ["", "much", "-1", "1.005", "1 EUR"] {
            check(&format!("0: 1 %\n{from}: 5 %"), Start::Amount, 2, Wrong::Amount);
        }
        for gives in ["", "%", "5 %%", "% 5", "5 % 5", "101 %", "-5", "2.505", "5 EUR", "5: 6", "5; 6 %"] {
            check(&format!("1: {gives}"), Start::Number, 1, Wrong::Gives);
        }
        check("1: 5 %\n10: 8 %\n10: 9 %", Start::Number, 3, Wrong::Order);
        check("10: 5 %\n9.99: 8 %", Start::Amount, 2, Wrong::Order);
    }

    fn gives() -> impl Strategy<Value = Amount> {
        prop_oneof![(0..=10_000_u16).prop_map(Amount::ShareBps), (0..=LARGEST_AMOUNT).prop_map(Amount::Flat)]
    }

    proptest! {
        #[test]
        fn steps_in_a_field_are_read_as_they_were(
            steps in proptest::collection::btree_map(0..=LARGEST_AMOUNT, gives(), 0..12),
        ) {
            let steps: Vec<Step> = steps.into_iter().map(|(from, gives)| Step { from, gives }).collect();
            for code in ["EUR", "JPY", "KWD"] {
                for start in [Start::Number, Start::Amount] {
                    let text = plain(&steps, start, currency(code));
                    prop_assert_eq!(read(&text, start, currency(code)), Ok(steps.clone()), "{}", text);
                    let sent = text.replace('\n', "\r\n");
                    prop_assert_eq!(read(&sent, start, currency(code)), Ok(steps.clone()), "as browsers send it");
                }
            }
        }

        #[test]
        fn whatever_is_typed_is_read_or_a_line_of_it_is_named(text in "[0-9a-z:%., \n]{0,60}") {
            for start in [Start::Number, Start::Amount] {
                match read(&text, start, currency("EUR")) {
                    Ok(steps) => prop_assert!(steps.windows(2).all(|pair| pair[0].from < pair[1].from)),
                    Err(fault) => prop_assert!((1..=text.trim().lines().count()).contains(&fault.line)),
                }
            }
        }
    }
}
