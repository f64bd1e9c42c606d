//! `cargo xtask crawlers`: writes the list of crawlers from the npm package `crawler-user-agents`, to be run by hand
//! after its version in `package.json` was raised.
//!
//! The package's patterns are regular expressions, nearly all of them plain words. The edge matches words only (one pass
//! of Aho-Corasick), so the few others are spelt out here: a class or a group becomes one word per possibility, and where
//! a pattern has a part of any length, its longest fixed piece stands for it.

use crate::{progress, workspace};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

/// Upstream patterns that are not taken over, with the reason.
const LEFT_OUT: &[(&str, &str)] = &[(
    "MetaIAB Facebook",
    "the in-app browser of Facebook's app, in which people follow most of their friends' links",
)];

/// Preview fetchers whose name the same app's in-app browser wears too: only without a browser engine are they fetchers.
const APPS: &[&str] = &["Bluesky/", "Goodreads", "Mastodon", "Notion/", "Tumblr/", "Viber", "WhatsApp"];

/// Writes `referral/data/crawlers.txt` and the user agents seen upstream, against which it is tested.
pub fn run() -> Result<()> {
    let package = workspace::at("node_modules/crawler-user-agents");
    let read = |name: &str| -> Result<Value> {
        let text =
            fs::read_to_string(package.join(name)).context("crawler-user-agents is missing: run `npm ci`")?;
        Ok(serde_json::from_str(&text)?)
    };
    let version = read("package.json")?["version"].as_str().unwrap_or_default().to_owned();
    let entries = read("crawler-user-agents.json")?;
    let entries = entries.as_array().context("a list of crawlers")?;
    let list = List::read(entries)?;
    fs::write(workspace::at("referral/data/crawlers.txt"), list.text(&version))?;
    fs::write(workspace::at("tests/corpora/crawlers-seen.txt"), seen(entries, &version))?;
    progress::say(&format!(
        "crawlers: {} words from {} patterns, version {version}",
        list.len(),
        entries.len()
    ));
    Ok(())
}

/// Where a word stands in a user agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Anywhere,
    Start,
    End,
    Whole,
}

#[derive(Default)]
struct List {
    /// Name of the section → its words.
    sections: BTreeMap<String, BTreeSet<String>>,
    newest: String,
}

impl List {
    fn read(entries: &[Value]) -> Result<Self> {
        let mut list = Self::default();
        for entry in entries {
            let pattern = entry["pattern"].as_str().context("a pattern")?;
            if LEFT_OUT.iter().any(|(left_out, _)| *left_out == pattern) {
                continue;
            }
            let tagged =
                |tag: &str| entry["tags"].as_array().is_some_and(|tags| tags.iter().any(|one| one == tag));
            let date = entry["addition_date"].as_str().unwrap_or_default();
            list.newest = list.newest.max(date.replace('/', "-"));
            for (place, word) in words(pattern)? {
                ensure!(word.len() >= 3, "{pattern}: {word:?} is too short a word to look for");
                let kind = if APPS.contains(&word.as_str()) {
                    "app"
                } else if tagged("social-preview") {
                    "preview"
                } else {
                    "crawler"
                };
                let place = match place {
                    Place::Anywhere => "",
                    Place::Start => " at the start",
                    Place::End => " at the end",
                    Place::Whole => " as a whole",
                };
                list.sections.entry(format!("{kind}{place}")).or_default().insert(word);
            }
        }
        for app in APPS {
            ensure!(
                list.sections.get("app").is_some_and(|words| words.contains(*app)),
                "{app} is gone upstream"
            );
        }
        list.drop_longer();
        Ok(list)
    }

    /// A word that contains another one of its section finds nothing more.
    fn drop_longer(&mut self) {
        for (name, words) in &mut self.sections {
            if name.contains(' ') {
                continue;
            }
            let all = words.clone();
            words.retain(|word| !all.iter().any(|other| other != word && word.contains(other.as_str())));
        }
    }

    fn len(&self) -> usize {
        self.sections.values().map(BTreeSet::len).sum()
    }

    fn text(&self, version: &str) -> String {
        let mut text = format!(
            "# User agents that are not people. Written by `cargo xtask crawlers`; do not edit.\n\
             # Source: crawler-user-agents {version} (npm), newest entry {newest}.\n\
             # Copyright (c) 2017 Martin Monperrus. MIT licence: https://github.com/monperrus/crawler-user-agents/blob/master/LICENSE\n\
             # Upper and lower case matter. \\s is a space at an end of a line.\n",
            newest = self.newest,
        );
        for (left_out, reason) in LEFT_OUT {
            let _ = writeln!(text, "# Left out: {left_out}, {reason}.");
        }
        for (name, words) in &self.sections {
            let _ = writeln!(text, "[{name}]");
            for word in words {
                let inner = word.trim();
                let start = word.len() - word.trim_start().len();
                let end = word.len() - word.trim_end().len();
                let _ = writeln!(text, "{}{inner}{}", "\\s".repeat(start), "\\s".repeat(end));
            }
        }
        text
    }
}

/// Every user agent upstream has seen, one a line; previews apart.
fn seen(entries: &[Value], version: &str) -> String {
    let mut all = BTreeSet::new();
    for entry in entries {
        let left_out = LEFT_OUT.iter().any(|(left_out, _)| entry["pattern"] == *left_out);
        let instances = entry["instances"].as_array().map(Vec::as_slice).unwrap_or_default();
        for instance in instances.iter().filter_map(Value::as_str).filter(|_| !left_out) {
            all.insert(instance.replace(['\r', '\n'], " "));
        }
    }
    let mut text = format!(
        "# Crawlers seen in the wild: crawler-user-agents {version}, MIT. Written by `cargo xtask crawlers`.\n"
    );
    for instance in all {
        let _ = writeln!(text, "{instance}");
    }
    text
}

/// One step of a pattern, spelt out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Exactly(char),
    Anything,
    Start,
    End,
}

/// The words that stand for a pattern.
fn words(pattern: &str) -> Result<BTreeSet<(Place, String)>> {
    let mut reader = Reader { rest: pattern.chars().collect::<Vec<_>>().into_iter().peekable() };
    let spelt = reader.alternatives().with_context(|| pattern.to_owned())?;
    ensure!(reader.rest.peek().is_none(), "{pattern}: unbalanced");
    Ok(spelt.iter().map(|pieces| word(pieces)).collect())
}

fn word(pieces: &[Piece]) -> (Place, String) {
    let fixed =
        pieces.split(|piece| *piece == Piece::Anything).max_by_key(|pieces| pieces.len()).unwrap_or_default();
    let text = fixed.iter().filter_map(|piece| match piece {
        Piece::Exactly(character) => Some(*character),
        _ => None,
    });
    let place = match (fixed.contains(&Piece::Start), fixed.contains(&Piece::End)) {
        (false, false) => Place::Anywhere,
        (true, false) => Place::Start,
        (false, true) => Place::End,
        (true, true) => Place::Whole,
    };
    (place, text.collect())
}

struct Reader {
    rest: std::iter::Peekable<std::vec::IntoIter<char>>,
}

impl Reader {
    fn alternatives(&mut self) -> Result<Vec<Vec<Piece>>> {
        let mut all = self.sequence()?;
        while self.rest.next_if_eq(&'|').is_some() {
            all.extend(self.sequence()?);
        }
        Ok(all)
    }

    fn sequence(&mut self) -> Result<Vec<Vec<Piece>>> {
        let mut all = vec![Vec::new()];
        while let Some(next) = self.rest.next_if(|next| !matches!(next, '|' | ')')) {
            let mut choices = self.atom(next)?;
            if self.rest.next_if(|next| matches!(next, '*' | '+')).is_some() {
                choices = vec![vec![Piece::Anything]];
            } else if self.rest.next_if_eq(&'?').is_some() {
                choices.push(Vec::new());
            }
            all = all
                .iter()
                .flat_map(|start| choices.iter().map(move |choice| [start.as_slice(), choice].concat()))
                .collect();
        }
        Ok(all)
    }

    fn atom(&mut self, first: char) -> Result<Vec<Vec<Piece>>> {
        Ok(match first {
            '^' => vec![vec![Piece::Start]],
            '$' => vec![vec![Piece::End]],
            '.' => vec![vec![Piece::Anything]],
            '(' => {
                let all = self.alternatives()?;
                ensure!(self.rest.next() == Some(')'), "a group is not closed");
                all
            }
            '[' => self.class()?,
            '\\' => vec![vec![self.escape()?]],
            '{' | '}' | ']' | '*' | '+' | '?' => bail!("{first:?} is not understood"),
            character => vec![vec![Piece::Exactly(character)]],
        })
    }

    fn escape(&mut self) -> Result<Piece> {
        let next = self.rest.next().context("ends in a backslash")?;
        Ok(match next {
            'd' | 's' | 'S' | 'w' => Piece::Anything,
            letter if letter.is_ascii_alphanumeric() => bail!("\\{letter} is not understood"),
            character => Piece::Exactly(character),
        })
    }

    fn class(&mut self) -> Result<Vec<Vec<Piece>>> {
        let negated = self.rest.next_if_eq(&'^').is_some();
        let mut all = Vec::new();
        while let Some(next) = self.rest.next_if(|next| *next != ']') {
            all.push(if next == '\\' { self.escape()? } else { Piece::Exactly(next) });
        }
        ensure!(self.rest.next().is_some(), "a class is not closed");
        ensure!(negated || !all.contains(&Piece::Exactly('-')), "a range is not understood");
        if negated || all.contains(&Piece::Anything) {
            return Ok(vec![vec![Piece::Anything]]);
        }
        Ok(all.into_iter().map(|piece| vec![piece]).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, expected: &[(Place, &str)]) {
        let expected = expected.iter().map(|(place, word)| (*place, (*word).to_owned())).collect();
        assert_eq!(words(pattern).unwrap(), expected, "{pattern}");
    }

    #[test]
    fn patterns_are_spelt_out_as_words() {
        use Place::{Anywhere, End, Start, Whole};
        check("Googlebot\\/", &[(Anywhere, "Googlebot/")]);
        check("[wW]get", &[(Anywhere, "wget"), (Anywhere, "Wget")]);
        check("^curl", &[(Start, "curl")]);
        check("SSL Labs$", &[(End, "SSL Labs")]);
        check("^Exact$", &[(Whole, "Exact")]);
        check("(^| )PTST\\/", &[(Start, "PTST/"), (Anywhere, " PTST/")]);
        check("Ahrefs(Bot|SiteAudit)", &[(Anywhere, "AhrefsBot"), (Anywhere, "AhrefsSiteAudit")]);
        check("AdsBot-Google([^-]|$)", &[(Anywhere, "AdsBot-Google"), (End, "AdsBot-Google")]);
        check("Chirp|gotosocial", &[(Anywhere, "Chirp"), (Anywhere, "gotosocial")]);
        check("Spider[\\s\\S]*spider\\.com", &[(Anywhere, "spider.com")]);
        check("BlogTraffic\\/\\d\\.\\d+ Feed-Fetcher", &[(Anywhere, " Feed-Fetcher")]);
        check("colou?r bot", &[(Anywhere, "colour bot"), (Anywhere, "color bot")]);
    }

    #[test]
    fn what_is_not_understood_is_refused_rather_than_guessed() {
        for pattern in ["a{2}", "[a-z]bot", "(bot", "bot)", "bot\\", "\\bbot", "[bot"] {
            assert!(words(pattern).is_err(), "{pattern}");
        }
    }
}
