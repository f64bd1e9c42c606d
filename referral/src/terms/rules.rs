//! The rules of terms as a merchant writes them.

use super::pay::{Amount, Measure, Pay, Span, Step, Tiers, When};
use super::read::{close, list, object};
use super::{MOST_RULES, Occasion, RewardRule, Side};
use crate::input::{FieldError, Input};
use crate::money::WHOLE_BPS;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::Value;

/// Most steps of one rule.
const MOST_STEPS: usize = 12;
/// Most months and payments a rule can count: a hundred years of months.
const MOST_COUNTED: i64 = 1200;
/// The largest number of conversions a tier or a milestone can name.
const LARGEST_NUMBER: i64 = 1_000_000;

pub(super) fn read(input: &mut Input<'_>) -> Vec<RewardRule> {
    input.require("rewards");
    let mut rules: Vec<RewardRule> = Vec::new();
    for (at, value) in list(input, "rewards", MOST_RULES).into_iter().flatten().enumerate() {
        let path = format!("{}[{at}]", input.path_of("rewards"));
        match rule(&path, value) {
            Ok(rule) if rules.iter().any(|known| known.id == rule.id) => {
                input.refuse(&format!("rewards[{at}].id"), "not_unique", "is the id of another rule");
            }
            Ok(rule) => rules.push(rule),
            Err(errors) => input.absorb(errors),
        }
    }
    let shares: u32 = rules.iter().map(|rule| u32::from(rule.pay.largest_share())).sum();
    if shares > u32::from(WHOLE_BPS) {
        input.refuse(
            "rewards",
            "out_of_range.shares",
            "share_bps of all rules, of each its largest, must not add up to more than 10000, the whole sale",
        );
    }
    rules
}

fn rule(path: &str, value: &Value) -> Result<RewardRule, Vec<FieldError>> {
    let Some(fields) = value.as_object() else {
        let detail = "must be an object with id, on, to and pay".to_owned();
        return Err(alloc::vec![FieldError::new(path, "wrong_type", detail)]);
    };
    let mut input = Input::new(path, fields);
    let id = input.required_text("id", 1..=40);
    if !id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        input.refuse("id", "unknown_character", "takes lower-case letters, digits and _");
    }
    input.require("on");
    let occasions =
        [("lead", Occasion::Lead), ("qualified_lead", Occasion::QualifiedLead), ("sale", Occasion::Sale)];
    let on = input.choice("on", &occasions).unwrap_or(Occasion::Sale);
    input.require("to");
    let to = input
        .choice("to", &[("referrer", Side::Referrer), ("friend", Side::Friend)])
        .unwrap_or(Side::Referrer);
    input.require("pay");
    let pay = pay(&mut input, on, to);
    let when = when(&mut input, on, to);
    let cut = matches!(pay, Pay::Tiers(_) | Pay::Retention { .. });
    if cut && when.is_some_and(When::is_milestone) {
        input.refuse("when", "out_of_place.steps", "a milestone takes flat, share_bps or perk");
    }
    input.finish()?;
    Ok(RewardRule { id, on, to, pay, when })
}

const PAYS: &str = "one of flat, share_bps, tiers, retention, perk and coupon";

fn pay(input: &mut Input<'_>, on: Occasion, to: Side) -> Pay {
    let nothing = Pay::Flat(0);
    let Some(value) = input.value("pay") else {
        return nothing;
    };
    let Some(fields) = object(input, "pay", value, &format!("an object with {PAYS}")) else {
        return nothing;
    };
    let mut nested = Input::new(&input.path_of("pay"), fields);
    let amount = amount(&mut nested, on);
    let tiers = tiers(&mut nested, on, to);
    let retention = retention(&mut nested, on);
    let perk = nested.text("perk", 1..=100);
    let coupon = coupon(&mut nested, to);
    let given = ["flat", "share_bps", "tiers", "retention", "perk", "coupon"];
    if given.iter().filter(|name| fields.contains_key(**name)).count() != 1 {
        nested.refuse("flat", "required", format!("exactly {PAYS} must be given"));
    }
    close(input, nested);
    match (amount, tiers, retention, perk, coupon) {
        (Some(Amount::Flat(amount)), ..) => Pay::Flat(amount),
        (Some(Amount::ShareBps(bps)), ..) => Pay::ShareBps(bps),
        (_, Some(tiers), ..) => Pay::Tiers(tiers),
        (_, _, Some(steps), ..) => Pay::Retention { steps },
        (.., Some(perk), _) => Pay::Perk(perk),
        (.., Some(pool)) => Pay::Coupon(pool),
        _ => nothing,
    }
}

/// The pool that a friend's code comes from.
fn coupon(input: &mut Input<'_>, to: Side) -> Option<String> {
    let pool = input.text("coupon", 1..=40)?;
    if !is_pool(&pool) {
        input.refuse("coupon", "unknown_character", POOL);
    }
    if to == Side::Referrer {
        input.refuse("coupon", "out_of_place.friends", "coupons are the friend's");
    }
    Some(pool)
}

/// What a pool's name takes.
pub const POOL: &str = "takes lower-case letters, digits, _ and -";

/// Whether a text is the name of a pool: of [`POOL`], 1–40 characters, which is read elsewhere.
pub fn is_pool(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-'))
}

/// `flat` or `share_bps`.
fn amount(input: &mut Input<'_>, on: Occasion) -> Option<Amount> {
    let flat = input.amount("flat", 1);
    let share_bps = input.share("share_bps");
    if share_bps.is_some() && on != Occasion::Sale {
        input.refuse("share_bps", "out_of_place.share", "a lead has no amount to share; use flat");
    }
    flat.map(Amount::Flat).or(share_bps.map(Amount::ShareBps))
}

fn tiers(input: &mut Input<'_>, on: Occasion, to: Side) -> Option<Tiers> {
    let value = input.value("tiers")?;
    let fields = object(input, "tiers", value, "an object with by, per and steps")?;
    if to == Side::Friend {
        input.refuse("tiers", "out_of_place.referrers", "a friend brings nobody; tiers are the referrer's");
    }
    let mut nested = Input::new(&input.path_of("tiers"), fields);
    nested.require("by");
    let measures = [
        ("count", Measure::Count),
        ("amount_whole", Measure::AmountWhole),
        ("amount_marginal", Measure::AmountMarginal),
    ];
    let by = nested.choice("by", &measures).unwrap_or(Measure::Count);
    if by != Measure::Count && on != Occasion::Sale {
        nested.refuse("by", "out_of_place.sales", "is for sales; a lead has no amount, use count");
    }
    let per = nested.choice("per", &[("ever", Span::Ever), ("month", Span::Month)]).unwrap_or(Span::Ever);
    let from = match by {
        Measure::Count => 1..=LARGEST_NUMBER,
        _ => 0..=crate::money::LARGEST_AMOUNT,
    };
    let steps = steps(&mut nested, "steps", on, from);
    if by == Measure::AmountMarginal && steps.iter().any(|step| matches!(step.gives, Amount::Flat(_))) {
        nested.refuse("steps", "out_of_place.piece", "a piece of a sale has no flat amount; use share_bps");
    }
    close(input, nested);
    Some(Tiers { by, per, steps })
}

fn retention(input: &mut Input<'_>, on: Occasion) -> Option<Vec<Step>> {
    let value = input.value("retention")?;
    let fields = object(input, "retention", value, "an object with steps")?;
    if on != Occasion::Sale {
        input.refuse("retention", "out_of_place.sales", "is for sales; a customer stays by buying");
    }
    let mut nested = Input::new(&input.path_of("retention"), fields);
    let read = steps(&mut nested, "steps", on, 0..=MOST_COUNTED);
    for pair in read.windows(2) {
        let grows = match pair {
            [Step { gives: Amount::Flat(less), .. }, Step { gives: Amount::Flat(more), .. }] => more > less,
            [Step { gives: Amount::ShareBps(less), .. }, Step { gives: Amount::ShareBps(more), .. }] => {
                more > less
            }
            _ => false,
        };
        if !grows {
            nested.refuse(
                "steps",
                "out_of_range.grows",
                "must grow, all of them flat or all of them share_bps",
            );
            break;
        }
    }
    close(input, nested);
    Some(read)
}

/// Steps, ascending, at least one.
fn steps(
    input: &mut Input<'_>,
    name: &'static str,
    on: Occasion,
    from: core::ops::RangeInclusive<i64>,
) -> Vec<Step> {
    input.require(name);
    let mut steps: Vec<Step> = Vec::new();
    let items = list(input, name, MOST_STEPS);
    if items.is_some_and(Vec::is_empty) {
        input.refuse(name, "too_short.steps", "needs at least one step");
    }
    for (at, value) in items.into_iter().flatten().enumerate() {
        let place = format!("{name}[{at}]");
        let Some(fields) = object(input, &place, value, "an object with from and flat or share_bps") else {
            continue;
        };
        let mut step = Input::new(&input.path_of(&place), fields);
        step.require("from");
        let start = step.integer("from", from.clone());
        let gives = amount(&mut step, on);
        if fields.contains_key("flat") == fields.contains_key("share_bps") {
            step.refuse("flat", "required", "exactly one of flat and share_bps must be given");
        }
        if let (Some(start), Some(last)) = (start, steps.last())
            && start <= last.from
        {
            step.refuse("from", "out_of_range", "must be above the step before");
        }
        close(input, step);
        if let (Some(from), Some(gives)) = (start, gives) {
            steps.push(Step { from, gives });
        }
    }
    steps
}

fn when(input: &mut Input<'_>, on: Occasion, to: Side) -> Option<When> {
    let value = input.value("when")?;
    let shape = "an object with one of first_months, first_payments, every and at";
    let fields = object(input, "when", value, shape)?;
    let mut nested = Input::new(&input.path_of("when"), fields);
    let counted = |number: Option<i64>| number.and_then(|number| u32::try_from(number).ok());
    let first_months = counted(nested.integer("first_months", 1..=MOST_COUNTED));
    let first_payments = counted(nested.integer("first_payments", 1..=MOST_COUNTED));
    let every = counted(nested.integer("every", 2..=LARGEST_NUMBER));
    let at = counted(nested.integer("at", 1..=LARGEST_NUMBER));
    for name in ["first_months", "first_payments"] {
        if fields.contains_key(name) && on != Occasion::Sale {
            nested.refuse(name, "out_of_place.sales", "is for sales");
        }
    }
    for name in ["every", "at"] {
        if fields.contains_key(name) && to == Side::Friend {
            nested.refuse(
                name,
                "out_of_place.referrers",
                "a friend brings nobody; milestones are the referrer's",
            );
        }
    }
    let given = ["first_months", "first_payments", "every", "at"];
    if given.iter().filter(|name| fields.contains_key(**name)).count() != 1 {
        nested.refuse(
            "first_months",
            "required",
            "exactly one of first_months, first_payments, every and at must be given",
        );
    }
    close(input, nested);
    first_months
        .map(When::FirstMonths)
        .or(first_payments.map(When::FirstPayments))
        .or(every.map(When::Every))
        .or(at.map(When::At))
}
