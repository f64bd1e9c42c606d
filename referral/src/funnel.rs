//! The funnel: how many came as far as each step, what became of them on the way to the next, and where most are lost.
//!
//! The numbers are what happened in a period, not one group of people followed through it: who sees the panel today may
//! share it tomorrow, and one link brings many clicks. So a step can be larger than the one before it.

use alloc::vec::Vec;

/// How far somebody came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The panel was on the page.
    Seen,
    /// A visitor took a link.
    Joined,
    /// A link was shared.
    Shared,
    /// A link was followed.
    Clicked,
    /// A friend identified themselves, credited to a referrer.
    Lead,
    /// A lead is what the merchant looks for.
    Qualified,
    /// A friend paid, credited to a referrer.
    Sale,
    /// A sale earned a reward; a lead, where nothing was sold.
    Rewarded,
}

/// Every step in order.
pub const STEPS: [Step; 8] = [
    Step::Seen,
    Step::Joined,
    Step::Shared,
    Step::Clicked,
    Step::Lead,
    Step::Qualified,
    Step::Sale,
    Step::Rewarded,
];

impl Step {
    /// The word in files of words and in class names.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Joined => "joined",
            Self::Shared => "shared",
            Self::Clicked => "clicked",
            Self::Lead => "lead",
            Self::Qualified => "qualified",
            Self::Sale => "sale",
            Self::Rewarded => "rewarded",
        }
    }
}

/// How a step compares with the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage {
    /// There is none before it, or nobody was there.
    Unknown,
    /// Fewer: so many went no further.
    Lost(u64),
    /// As many or more: so many tenths for each one before, 34 for 3.4.
    Grew(u64),
}

/// One step with its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Which.
    pub step: Step,
    /// How many.
    pub count: u64,
    /// Compared with the step before.
    pub passage: Passage,
    /// Thousandths of the largest step; at least 4 where there is anybody.
    pub width: u64,
}

/// Fewest at a step for what follows to be called a leak: with fewer, one person more or less would decide.
pub const LEAST_FOR_A_LEAK: u64 = 10;

/// The funnel of these numbers, in the order of [`STEPS`]. A program whose leads are never qualified has no such step:
/// it goes from leads to sales.
pub fn stages(counts: [u64; 8]) -> Vec<Stage> {
    let largest = counts.iter().copied().max().unwrap_or(0).max(1);
    let mut stages: Vec<Stage> = Vec::new();
    let mut before: Option<u64> = None;
    for (step, count) in STEPS.into_iter().zip(counts) {
        if step == Step::Qualified && count == 0 {
            continue;
        }
        let passage = match before {
            None | Some(0) => Passage::Unknown,
            Some(before) if count < before => Passage::Lost(before - count),
            Some(before) => Passage::Grew(count.saturating_mul(10) / before),
        };
        let exact = u64::try_from(u128::from(count) * 1000 / u128::from(largest)).unwrap_or(1000);
        let width = if count > 0 { exact.max(4) } else { 0 };
        stages.push(Stage { step, count, passage, width });
        before = Some(count);
    }
    stages
}

/// The step on the way to which the largest part is lost; none where nothing is, or too few came to say.
pub fn leak(stages: &[Stage]) -> Option<Step> {
    let mut worst: Option<(Step, u64, u64)> = None;
    for pair in stages.windows(2) {
        let [before, after] = pair else { continue };
        let Passage::Lost(lost) = after.passage else { continue };
        if before.count < LEAST_FOR_A_LEAK {
            continue;
        }
        let is_worse = worst.is_none_or(|(_, most, of)| {
            u128::from(lost) * u128::from(of) > u128::from(most) * u128::from(before.count)
        });
        if is_worse {
            worst = Some((after.step, lost, before.count));
        }
    }
    worst.map(|(step, ..)| step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_step_is_compared_with_the_one_before_it() {
        let stages = stages([200, 50, 20, 68, 12, 6, 6, 0]);
        let passages: Vec<Passage> = stages.iter().map(|stage| stage.passage).collect();
        assert_eq!(
            passages,
            [
                Passage::Unknown,
                Passage::Lost(150),
                Passage::Lost(30),
                Passage::Grew(34),
                Passage::Lost(56),
                Passage::Lost(6),
                Passage::Grew(10),
                Passage::Lost(6),
            ]
        );
        assert_eq!(
            leak(&stages),
            Some(Step::Lead),
            "56 of 68 is more than 150 of 200, and 6 are too few to say"
        );
    }

    #[test]
    fn a_program_that_qualifies_no_leads_goes_from_leads_to_sales() {
        let stages = stages([0, 0, 0, 40, 20, 0, 5, 5]);
        let words: Vec<&str> = stages.iter().map(|stage| stage.step.word()).collect();
        assert_eq!(words, ["seen", "joined", "shared", "clicked", "lead", "sale", "rewarded"]);
        assert_eq!(stages[5].passage, Passage::Lost(15));
        assert_eq!(leak(&stages), Some(Step::Sale));
    }

    #[test]
    fn of_few_nobody_says_where_they_are_lost() {
        assert_eq!(leak(&stages([9, 1, 0, 0, 0, 0, 0, 0])), None);
        assert_eq!(leak(&stages([0; 8])), None);
        assert_eq!(leak(&stages([10, 1, 0, 0, 0, 0, 0, 0])), Some(Step::Joined));
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_the_widest(counts in proptest::array::uniform8(any::<u64>())) {
            let stages = stages(counts);
            prop_assert!(stages.iter().all(|stage| stage.width <= 1000 && (stage.width > 0) == (stage.count > 0)));
            let _ = leak(&stages);
        }
    }
}
