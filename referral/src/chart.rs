//! Charts as whole numbers: where the lines of an axis lie, and the shapes that stand for values. Nothing is drawn here.
//!
//! A chart is [`HEIGHT`] high and [`SLOT`] wide for each value; whoever draws it stretches it to the room there is.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Height of a chart. A value is placed to a thousandth of it.
pub const HEIGHT: i64 = 1000;

/// Width of one value's place, gaps included.
pub const SLOT: i64 = 100;

/// The gap left and right of a bar, as wide together as a third of it.
const GAP: i64 = 12;

/// Most lines of an axis above its foot.
const MOST_LINES: i64 = 4;

/// The values at which an axis from 0 has lines, the foot first: steps of 1, 2 or 5 times a power of ten that reach the
/// largest value, at most five lines. An axis of nothing reaches `least`.
///
/// `least` is the smallest step that means something: 1 for things that are counted, 10^digits for money, so that no line
/// is labelled with parts of what people pay with.
pub fn lines(largest: i64, least: i64) -> Vec<i64> {
    let (largest, least) = (largest.max(0), least.max(1));
    let mut step = least;
    let mut factors = [2, 5, 10].into_iter().cycle();
    let mut base = least;
    while step.saturating_mul(MOST_LINES) < largest {
        let factor = factors.next().unwrap_or(10);
        step = base.saturating_mul(factor);
        if factor == 10 {
            base = step;
        }
    }
    let count = (largest.saturating_add(step - 1) / step).max(1);
    (0..=count).map(|line| line.saturating_mul(step)).collect()
}

/// A value's height on an axis that ends at `top`, in thousandths; negative values lie at the foot.
fn height(value: i64, top: i64) -> i64 {
    if top <= 0 {
        return 0;
    }
    let exact = i128::from(value.clamp(0, top)) * i128::from(HEIGHT) / i128::from(top);
    i64::try_from(exact).unwrap_or(HEIGHT)
}

/// A bar, its upper left corner and its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// From the left.
    pub x: i64,
    /// From above.
    pub y: i64,
    /// Across.
    pub width: i64,
    /// Down to the foot.
    pub height: i64,
}

/// A bar for each value, on an axis that ends at `top`.
pub fn bars(values: &[i64], top: i64) -> Vec<Bar> {
    let bar = |(at, value): (i64, &i64)| {
        let height = height(*value, top);
        Bar { x: at * SLOT + GAP, y: HEIGHT - height, width: SLOT - 2 * GAP, height }
    };
    (0..).zip(values).map(bar).collect()
}

/// A line from the middle of each value's place to the next: the `points` of an SVG polyline.
pub fn line(values: &[i64], top: i64) -> String {
    let point =
        |(at, value): (i64, &i64)| format!("{},{}", at * SLOT + SLOT / 2, HEIGHT - height(*value, top));
    let points: Vec<String> = (0..).zip(values).map(point).collect();
    points.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    #[test]
    fn an_axis_has_few_lines_at_round_values() {
        let check = |largest, least, expected: &[i64]| {
            assert_eq!(lines(largest, least), expected, "{largest} {least}");
        };
        check(0, 1, &[0, 1]);
        check(1, 1, &[0, 1]);
        check(3, 1, &[0, 1, 2, 3]);
        check(5, 1, &[0, 2, 4, 6]);
        check(17, 1, &[0, 5, 10, 15, 20]);
        check(100, 1, &[0, 50, 100]);
        check(101, 1, &[0, 50, 100, 150]);
        check(999, 1, &[0, 500, 1000]);
        check(0, 100, &[0, 100]);
        check(250, 100, &[0, 100, 200, 300]);
        check(123_456, 100, &[0, 50_000, 100_000, 150_000]);
        check(-5, 1, &[0, 1]);
    }

    #[test]
    fn bars_stand_on_the_foot_and_keep_apart() {
        assert_eq!(
            bars(&[0, 5, 10], 10),
            vec![
                Bar { x: 12, y: 1000, width: 76, height: 0 },
                Bar { x: 112, y: 500, width: 76, height: 500 },
                Bar { x: 212, y: 0, width: 76, height: 1000 },
            ]
        );
        assert_eq!(line(&[0, 5, 10], 10), "50,1000 150,500 250,0");
        assert_eq!(bars(&[7], 0), vec![Bar { x: 12, y: 1000, width: 76, height: 0 }]);
    }

    proptest! {
        #[test]
        fn an_axis_reaches_its_largest_value_and_no_further_than_it_must(largest in 0..=crate::money::LARGEST_AMOUNT, least in 1..=1000_i64) {
            let lines = lines(largest, least);
            prop_assert!((2..=5).contains(&lines.len()), "{lines:?}");
            let step = lines[1];
            prop_assert!(lines.iter().zip(0..).all(|(line, at)| *line == at * step));
            let top = *lines.last().expect("at least two");
            prop_assert!(top >= largest && (top - step < largest || top == step));
        }

        #[test]
        fn nothing_stands_out_of_a_chart(values in proptest::collection::vec(any::<i64>(), 0..60), top in any::<i64>()) {
            for bar in bars(&values, top) {
                prop_assert!(bar.y >= 0 && bar.height >= 0 && bar.y + bar.height == HEIGHT);
            }
        }
    }
}
