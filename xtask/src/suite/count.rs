//! Sums over what `cargo test`, natively and in a browser, and `node --test` print.

use std::fmt;

/// Tests that passed and failed so far. A failed check that is no test counts as one failure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) passed: usize,
    pub(super) failed: usize,
}

impl Count {
    /// Reads one line of output; most lines say nothing about sums.
    pub(super) fn read(&mut self, line: &str) {
        if let Some(rest) = line.strip_prefix("test result: ") {
            self.passed += number_before(rest, " passed");
            self.failed += number_before(rest, " failed");
        } else if let Some(rest) = line.strip_prefix("\u{2139} ").or_else(|| line.strip_prefix("# ")) {
            match rest.split_once(' ') {
                Some(("pass", number)) => self.passed += number.trim().parse().unwrap_or(0),
                Some(("fail" | "cancelled", number)) => {
                    self.failed += number.trim().parse().unwrap_or(0);
                }
                _ => {}
            }
        }
    }
}

fn number_before(text: &str, word: &str) -> usize {
    text.split_once(word)
        .and_then(|(before, _)| before.rsplit(|c: char| !c.is_ascii_digit()).next())
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_all_runners_are_read_and_other_lines_are_not() {
        let mut count = Count::default();
        for line in [
            "running 25 tests",
            "test result: ok. 23 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.11s",
            "test result: FAILED. 4 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 9.00s",
            // Tests in wasm.
            "test result: FAILED. 5 passed; 1 failed; 0 ignored; 0 filtered out; finished in 0.03s",
            "\u{2139} tests 7",
            "\u{2139} pass 5",
            "\u{2139} fail 1",
            "\u{2139} cancelled 1",
            "# pass 10",
            "passed 1000",
        ] {
            count.read(line);
        }
        assert_eq!(count, Count { passed: 47, failed: 5 });
        assert_eq!(count.to_string(), "47 passed, 5 failed");
    }
}
