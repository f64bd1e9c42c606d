//! One line per step on stderr, with the time it took; nothing for a step that had nothing to do.

use crate::{children, workspace};
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::io::{IsTerminal as _, Write as _, stderr};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How often a step that is not watched on a terminal says that it still runs.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// Prints one line to stderr.
pub fn say(line: &str) {
    let _ = writeln!(stderr(), "{line}");
}

/// `0.4 s`, `75 s`, `12 min 30 s`.
pub fn seconds(time: Duration) -> String {
    let whole = time.as_secs();
    match whole {
        0..10 => format!("{}.{} s", whole, time.subsec_millis() / 100),
        10..120 => format!("{whole} s"),
        _ => format!("{} min {} s", whole / 60, whole % 60),
    }
}

/// A step that runs programs, with their output in a log that is shown only on failure.
#[derive(Debug)]
pub struct Step {
    label: String,
    started: Instant,
    spoke: Instant,
    log: PathBuf,
    /// Whether a running line stands on a terminal.
    on_terminal: bool,
}

impl Step {
    /// Begins a step. `label` reads after "ok": "npm parts", "edge, release".
    pub fn begin(label: &str) -> Result<Self> {
        let folder = workspace::target().join("xtask");
        fs::create_dir_all(&folder).with_context(|| format!("{} cannot be created", folder.display()))?;
        let name: String = label.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let step = Self {
            label: label.to_owned(),
            started: Instant::now(),
            spoke: Instant::now(),
            log: folder.join(format!("{name}.log")),
            on_terminal: stderr().is_terminal(),
        };
        File::create(&step.log).with_context(|| format!("{} cannot be written", step.log.display()))?;
        if step.on_terminal {
            let _ = write!(stderr(), "  ..  {label}");
        }
        Ok(step)
    }

    /// Runs one program of the step to its end. On failure the error is `advice` and the end of
    /// what the program said.
    pub fn run(&mut self, mut command: Command, advice: &str) -> Result<()> {
        let output = File::options().append(true).open(&self.log)?;
        let before = output.metadata()?.len();
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let status = children::spawn(command).map_err(anyhow::Error::from).and_then(|child| self.wait(child));
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => {
                let grew = self.log.metadata()?.len() > before;
                let said = if grew { children::tail(&self.log, 30) } else { String::from("(nothing)") };
                bail!("{advice} ({status}). The end of {}:\n{said}", self.log.display())
            }
            Err(error) => Err(error.context(advice.to_owned())),
        }
    }

    fn wait(&mut self, mut child: std::process::Child) -> Result<ExitStatus> {
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            let every = if self.on_terminal { Duration::from_secs(1) } else { HEARTBEAT };
            if self.spoke.elapsed() >= every {
                self.spoke = Instant::now();
                let time = seconds(self.started.elapsed());
                if self.on_terminal {
                    let _ = write!(stderr(), "\r  ..  {} ({time})\x1b[K", self.label);
                } else {
                    say(&format!("  ..  {} ({time})", self.label));
                }
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends the step and prints its line.
    pub fn done(mut self) {
        self.clear();
        say(&format!("  ok  {} ({})", self.label, seconds(self.started.elapsed())));
    }

    /// Ends a step that found everything as it should be, without a line.
    pub fn nothing_to_do(mut self) {
        self.clear();
    }

    /// Takes the running line off the terminal.
    fn clear(&mut self) {
        if std::mem::take(&mut self.on_terminal) {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        self.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_like_speech() {
        for (millis, text) in [(40, "0.0 s"), (430, "0.4 s"), (75_900, "75 s"), (750_000, "12 min 30 s")] {
            assert_eq!(seconds(Duration::from_millis(millis)), text);
        }
    }

    #[test]
    fn a_failing_program_is_reported_with_the_advice_first_and_its_words_after() {
        let mut step = Step::begin("a step of the unit tests").unwrap();
        let mut command = children::bound("sh");
        command.args(["-c", "echo the reason >&2; exit 3"]);
        let message = step.run(command, "Do this").unwrap_err().to_string();
        assert!(message.starts_with("Do this (exit status: 3)"), "{message}");
        assert!(message.ends_with("the reason"), "{message}");
    }
}
