//! How long things took: ranks of measured times, no averages that one slow case bends.

/// The value below or at which so many per cent of `sorted` lie, by the nearest rank: always one that was measured.
/// `None` where nothing was.
pub fn percentile(sorted: &[i64], per_cent: u8) -> Option<i64> {
    let rank = sorted.len().checked_mul(usize::from(per_cent.min(100)))?.div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    #[test]
    fn a_percentile_is_a_measured_value_by_the_nearest_rank() {
        let check = |values: &[i64], per_cent, expected| {
            assert_eq!(percentile(values, per_cent), expected, "{values:?} {per_cent}");
        };
        check(&[], 50, None);
        check(&[7], 0, Some(7));
        check(&[7], 90, Some(7));
        check(&[1, 2, 3, 4], 50, Some(2));
        check(&[1, 2, 3], 50, Some(2));
        check(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90, Some(9));
        check(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 90, Some(10));
        check(&[1, 2, 3], 100, Some(3));
        check(&[1, 2, 3], 255, Some(3));
    }

    proptest! {
        #[test]
        fn so_many_per_cent_lie_at_or_below_it(mut values in proptest::collection::vec(any::<i64>(), 1..40), per_cent in 1_u8..=100) {
            values.sort_unstable();
            let found = percentile(&values, per_cent).expect("there are some");
            let at_or_below: Vec<&i64> = values.iter().filter(|value| **value <= found).collect();
            let below: Vec<&i64> = values.iter().filter(|value| **value < found).collect();
            prop_assert!(at_or_below.len() * 100 >= values.len() * usize::from(per_cent));
            prop_assert!(below.len() * 100 < values.len() * usize::from(per_cent));
        }
    }
}
