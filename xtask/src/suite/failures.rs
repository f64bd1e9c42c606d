//! What failed and why, kept out of what `cargo test` and `node --test` print, to be said once more at the end: by then
//! the place where it happened is thousands of lines up, or cut off by whoever keeps the log.

/// Most lines that are kept of one program's failures; the rest stands above.
const LINES: usize = 120;

/// The explanations of failed tests, as their runners gave them.
#[derive(Debug, Default)]
pub(super) struct Failures {
    kept: Vec<String>,
    /// Of the program under way.
    of_program: usize,
    section: Section,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Section {
    #[default]
    Elsewhere,
    /// What `cargo test` says behind `failures:`.
    Cargo,
    /// The calls that led there, which are long and say little.
    Backtrace,
    /// What `node --test` says behind `failing tests:`, to its end.
    Node,
}

impl Failures {
    /// Another program begins to print.
    pub(super) fn begin(&mut self) {
        self.of_program = 0;
        self.section = Section::Elsewhere;
    }

    /// Reads one line of output.
    pub(super) fn read(&mut self, line: &str) {
        self.section = match (self.section, line) {
            // The second time the names alone follow.
            (Section::Cargo | Section::Backtrace, "failures:") => Section::Elsewhere,
            (Section::Elsewhere, "failures:") => Section::Cargo,
            (Section::Cargo, "stack backtrace:" | "Stack backtrace:") => Section::Backtrace,
            (Section::Backtrace, line) if line.starts_with("---- ") => Section::Cargo,
            (_, line) if line.ends_with("failing tests:") => Section::Node,
            (section, _) => section,
        };
        let is_said = matches!(self.section, Section::Cargo | Section::Node)
            && !line.is_empty()
            && line != "failures:"
            && !line.ends_with("failing tests:");
        if is_said && self.of_program < LINES {
            self.of_program += 1;
            self.kept.push(line.to_owned());
        }
    }

    /// Every line that was kept.
    pub(super) fn lines(&self) -> &[String] {
        &self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(output: &str) -> String {
        let mut failures = Failures::default();
        failures.begin();
        for line in output.lines() {
            failures.read(line);
        }
        failures.lines().join("\n")
    }

    #[test]
    fn why_a_test_of_cargo_failed_is_kept_without_its_backtrace() {
        let output = "\
running 3 tests
test a ... FAILED
test b ... FAILED
test c ... ok

failures:

---- a stdout ----

thread 'a' panicked at tests/a.rs:1:1:
the edge starts: port 1 is already in use
stack backtrace:
   0: somewhere
             at ./somewhere.rs:1

---- b stdout ----
thread 'b' panicked at tests/b.rs:2:2:
not that


failures:
    a
    b

test result: FAILED. 1 passed; 2 failed; 0 ignored";
        assert_eq!(
            kept(output),
            "---- a stdout ----\nthread 'a' panicked at tests/a.rs:1:1:\n\
             the edge starts: port 1 is already in use\n\
             ---- b stdout ----\nthread 'b' panicked at tests/b.rs:2:2:\nnot that"
        );
    }

    #[test]
    fn why_a_test_of_node_failed_is_kept_and_a_run_without_failures_says_nothing() {
        let output = "\u{2714} one (1ms)\n\u{2139} fail 1\n\n\u{2716} failing tests:\n\ntest at a.mjs:1:1\n\u{2716} two (2ms)\n  Error: no";
        assert_eq!(kept(output), "test at a.mjs:1:1\n\u{2716} two (2ms)\n  Error: no");
        assert_eq!(kept("running 1 test\ntest c ... ok\n\ntest result: ok. 1 passed; 0 failed"), "");
    }

    #[test]
    fn a_program_of_which_everything_fails_is_not_said_whole() {
        let mut failures = Failures::default();
        for _ in 0..2 {
            failures.begin();
            failures.read("failures:");
            (0..10 * LINES).for_each(|line| failures.read(&format!("line {line}")));
        }
        assert_eq!(failures.lines().len(), 2 * LINES);
    }
}
