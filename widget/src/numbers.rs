//! What the panel shows of an answer: counts, rewards by state, the last conversions and why each was
//! credited or not.

use alloc::string::String;

use crate::page::{Page, item};

/// Most conversions listed: as many as the edge sends.
const MOST_CONVERSIONS: u8 = 10;
/// Most rewards named for one conversion.
const MOST_REWARDS: u8 = 9;

/// Shows all of it.
pub fn show(page: &impl Page) {
    for count in ["clicks", "friends", "leads", "sales"] {
        page.write(&[".", count].concat(), &page.amount(&["referrer.", count].concat(), ""));
    }
    show_rewards(page);
    show_conversions(page);
}

/// Rewards by state, one amount per currency; what is in review only when there is something.
fn show_rewards(page: &impl Page) {
    for state in ["pending", "approved", "paid", "held"] {
        let mut sums = String::new();
        for index in 0..10 {
            let of = |name: &str| item("referrer.rewards.", index, name);
            if page.read(&of(".state")) == state {
                let sum = page.amount(&of(".amount"), &page.read(&of(".currency")));
                enlist(&mut sums, &sum);
            }
        }
        let place = [".", state].concat();
        let hidden = state == "held" && sums.is_empty();
        page.mark(&place, "hidden", hidden.then_some(""));
        if sums.is_empty() {
            // A path that leads nowhere is an amount of nothing.
            sums = page.amount("", &page.read("program.currency"));
        }
        page.write(&[&place, " dd"].concat(), &sums);
    }
}

/// The last conversions. A dispute shows how it stands, and what the merchant answered.
fn show_conversions(page: &impl Page) {
    for index in 0..MOST_CONVERSIONS {
        let at = |name: &str| item("referrer.recent.", index, name);
        let kind = page.read(&at(".kind"));
        if kind.is_empty() {
            break;
        }
        let mut why = page.read(&at(".attribution.status"));
        let reason = if why == "attributed" { ".attribution.rule" } else { ".attribution.reason" };
        why.push('.');
        why.push_str(&page.read(&at(reason)));
        let mut sum = String::new();
        for reward in 0..MOST_REWARDS {
            let of = |name: &str| at(&item(".rewards.", reward, name));
            let state = page.read(&of(".state"));
            if state.is_empty() {
                break;
            }
            let perk = page.read(&of(".perk"));
            let amount = if perk.is_empty() {
                page.amount(&of(".amount"), &page.read(&of(".currency")))
            } else {
                perk
            };
            enlist(&mut sum, &page.text("reward", &amount, &page.text(&state, "", "")));
        }
        let standing = page.read(&at(".dispute.status"));
        let dispute = if standing.is_empty() {
            standing
        } else {
            page.text(&["dispute.", &standing].concat(), &page.read(&at(".dispute.note")), "")
        };
        page.item(
            &page.read(&at(".id")),
            &page.text(&kind, "", ""),
            &sum,
            &page.text(&why, "", ""),
            &page.day(&at(".occurred_at")),
            &dispute,
        );
    }
}

/// Adds an item to a list of items between commas.
fn enlist(list: &mut String, item: &str) {
    if !list.is_empty() {
        list.push_str(", ");
    }
    list.push_str(item);
}
