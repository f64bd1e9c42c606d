//! Amounts, rates and refunds at their edges: nothing overflows, nothing is kept that was given back, no share exceeds the
//! whole.
#![no_main]

use libfuzzer_sys::fuzz_target;
use referral::exchange::Rate;
use referral::money::{Currency, LARGEST_AMOUNT, Money, kept, share};
use referral::payout::{Former, line, plain};

fuzz_target!(|input: (i64, i64, i64, u16, [u8; 3], [u8; 3], String)| {
    let (one, two, three, bps, from, to, rate) = input;
    let whole = |amount: i64| amount.rem_euclid(LARGEST_AMOUNT + 1);
    // Whatever the numbers are, nothing breaks; within what a caller may send, the rules hold.
    let _ = (share(one, bps), kept(one, two, three), line(one, two, three));
    let _ = Former { change: one, returned: two, carried: three }.carry();
    let (amount, sale, refunded) = (whole(one), whole(two), whole(three));
    let bps = bps % 10_001;
    let cut = share(amount, bps);
    assert!((0..=amount).contains(&cut) && share(amount, 10_000 - bps) + cut <= amount);
    let left = kept(amount, sale, refunded);
    assert!((0..=amount).contains(&left));
    assert!(kept(amount, sale, refunded.saturating_add(1)) <= left);
    let currency = |letters: [u8; 3]| {
        let letters = letters.map(|letter| b'A' + letter % 26);
        std::str::from_utf8(&letters).ok().and_then(Currency::parse)
    };
    let (Some(from), Some(to)) = (currency(from), currency(to)) else { return };
    let text = plain(one, from);
    let digits: String = text.chars().filter(|c| *c != '.').collect();
    assert_eq!(digits.parse::<i128>(), Ok(i128::from(one)), "{text}");
    if let Some(rate) = Rate::parse(&rate)
        && let Some(converted) = rate.convert(Money { amount, currency: from }, to)
    {
        assert!((0..=LARGEST_AMOUNT).contains(&converted));
        assert_eq!(Rate::parse(rate.text()).map(|again| again.convert(Money { amount, currency: from }, to)), Some(Some(converted)));
    }
});
