//! How far a referrer has come: share, first click, first friend, first order, first reward approved.

use crate::page::{Page, item};

/// The texts that say what is next, by steps done.
const NEXT: [&str; 6] =
    ["next.share", "next.click", "next.friend", "next.sale", "next.reward", "next.nothing"];

/// Steps done, of five. Whoever has an order has had a click, whatever became of the click's record.
fn done(page: &impl Page, shared: bool) -> u8 {
    let some = |path: &str| !matches!(page.read(path).as_str(), "" | "0");
    let approved = (0..10)
        .map(|index| page.read(&item("referrer.rewards.", index, ".state")))
        .any(|state| matches!(state.as_str(), "approved" | "paid"));
    if approved {
        5
    } else if some("referrer.sales") {
        4
    } else if some("referrer.friends") || some("referrer.leads") {
        3
    } else if some("referrer.clicks") {
        2
    } else {
        u8::from(shared)
    }
}

/// Shows the steps done, and says what is next.
pub fn show(page: &impl Page, shared: bool) {
    let done = done(page, shared);
    for step in 0..5 {
        let place = item(".steps li:nth-child(", step + 1, ")");
        let is_done = step < done;
        page.mark(&place, "data-done", is_done.then_some(""));
        page.mark(&place, "aria-current", (step == done).then_some("step"));
        let said = if is_done { "step.done" } else { "step.open" };
        page.write(&[&place, " i"].concat(), &page.text(said, "", ""));
    }
    page.write(".next", &page.text(NEXT[usize::from(done)], "", ""));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::memory::MemoryPage;

    fn check(facts: &[(&str, &str)], shared: bool, steps: usize, next: &str) {
        let page = MemoryPage::default();
        page.answers(facts);
        show(&&page, shared);
        let marked = |name: &str| page.shown.borrow().keys().filter(|place| place.ends_with(name)).count();
        assert_eq!((marked(" data-done"), marked(" aria-current")), (steps, usize::from(steps < 5)));
        assert_eq!(page.shows(".next"), next);
    }

    #[test]
    fn each_step_follows_from_the_numbers_and_the_next_one_is_said() {
        check(&[], false, 0, "Next: share your link");
        check(&[], true, 1, "Next: somebody follows your link");
        check(&[("referrer.clicks", "0")], true, 1, "Next: somebody follows your link");
        check(&[("referrer.clicks", "3")], true, 2, "Next: a friend signs up");
        check(
            &[("referrer.clicks", "3"), ("referrer.friends", "1")],
            true,
            3,
            "Next: a friend’s first order",
        );
        check(&[("referrer.sales", "1")], true, 4, "Next: your first reward is approved");
        check(
            &[("referrer.sales", "1"), ("referrer.rewards.3.state", "paid")],
            true,
            5,
            "Every step is done. Thank you!",
        );
    }

    #[test]
    fn a_reward_that_waits_or_was_cancelled_is_no_approved_one() {
        for state in ["pending", "held", "voided"] {
            check(
                &[("referrer.sales", "1"), ("referrer.rewards.0.state", state)],
                true,
                4,
                "Next: your first reward is approved",
            );
        }
    }
}
