//! Every word on a page, from `edge/words/{locale}.txt`: a key and its words a line. What a locale leaves out is said in
//! English. Texts are given to templates, which escape them like any other.

use referral::instant::Instant;
use referral::money::Currency;
use referral::promise::Locale;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The locales with words: tag, what the language calls itself, and the words. English, which has all of them, comes first.
const LOCALES: &[(&str, &str, &str)] = &[
    ("en", "English", include_str!("../../words/en.txt")),
    ("de", "Deutsch", include_str!("../../words/de.txt")),
    ("fr", "Français", include_str!("../../words/fr.txt")),
    ("es", "Español", include_str!("../../words/es.txt")),
];

/// The tag of a language there are words in, of how it is written somewhere else.
pub(super) fn spoken(tag: &str) -> Option<&'static str> {
    LOCALES.iter().find(|(known, ..)| *known == tag).map(|(known, ..)| *known)
}

/// A language one can choose.
pub(super) struct Language {
    pub(super) tag: &'static str,
    /// What it calls itself.
    pub(super) name: &'static str,
    pub(super) is_here: bool,
}

type Table = HashMap<&'static str, &'static str>;

thread_local! {
    static TABLES: RefCell<HashMap<&'static str, Rc<Table>>> = RefCell::default();
}

/// The words of one language, and how it writes figures.
#[derive(Clone)]
pub(crate) struct Words {
    pub(super) locale: Locale,
    table: Rc<Table>,
}

/// Lines of `key = words`.
fn lines(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "))
}

impl Words {
    /// In the language a browser likes best, of those there are words in.
    pub(crate) fn preferred(accept_language: &str) -> Self {
        let locale = Locale::preferred_of(accept_language, |tag| spoken(tag).is_some());
        let of =
            |tag: &str| LOCALES.iter().find(|(known, ..)| *known == tag).map_or("", |(_, _, words)| words);
        let table = TABLES.with_borrow_mut(|tables| {
            let all = || Rc::new(lines(of("en")).chain(lines(of(locale.tag()))).collect());
            Rc::clone(tables.entry(locale.tag()).or_insert_with(all))
        });
        Self { locale, table }
    }

    /// Every language, and which of them this is.
    pub(super) fn languages(&self) -> Vec<Language> {
        let language = |&(tag, name, _): &(&'static str, &'static str, &'static str)| Language {
            tag,
            name,
            is_here: tag == self.tag(),
        };
        LOCALES.iter().map(language).collect()
    }

    /// The language tag.
    pub(crate) fn tag(&self) -> &'static str {
        self.locale.tag()
    }

    /// The words of a key; that every page's keys have some, a test says.
    pub(crate) fn t(&self, key: &str) -> &'static str {
        self.table.get(key).copied().unwrap_or_default()
    }

    /// The words of a key that the data chose, where there are any.
    pub(super) fn known(&self, group: &str, word: &str) -> Option<&'static str> {
        self.table.get(format!("{group}.{word}").as_str()).copied()
    }

    /// The words for a word of the ledger; the word itself where there are none, so that nothing is hidden.
    pub(super) fn of(&self, group: &str, word: &str) -> String {
        self.known(group, word).map_or_else(|| word.replace('_', " "), str::to_owned)
    }

    /// Which browser on which system a session is of, where that is known.
    pub(super) fn browser(&self, named: &str) -> String {
        if named.is_empty() { self.t("session.unknown").to_owned() } else { named.to_owned() }
    }

    /// The name of a country, by its two letters.
    pub(super) fn country(&self, letters: &str) -> String {
        super::country::country(self.tag(), letters)
    }

    /// Words with something put in for `{a}`.
    pub(super) fn with(&self, key: &str, a: &str) -> String {
        self.t(key).replace("{a}", a)
    }

    /// Words with something put in for `{a}` and for `{b}`.
    pub(super) fn with2(&self, key: &str, a: &str, b: &str) -> String {
        // At once, so that what is put in is not looked through again.
        let text = self.t(key);
        let (before, after) = text.split_once("{a}").unwrap_or((text, ""));
        format!("{}{a}{}", before.replace("{b}", b), after.replace("{b}", b))
    }

    /// Words with these put in for `{a}`, `{b}` and `{c}`; none where they lack one of them.
    pub(super) fn filled(&self, key: &str, put: &[String]) -> Option<String> {
        // In pieces, so that what is put in is not looked through again.
        let mut pieces = self.table.get(key)?.split('{');
        let mut text = pieces.next()?.to_owned();
        for piece in pieces {
            let (gap, after) = piece.split_once('}')?;
            let at = ["a", "b", "c"].iter().position(|name| *name == gap)?;
            text.push_str(put.get(at)?);
            text.push_str(after);
        }
        Some(text)
    }

    /// `key.one` for one, `key.many` for any other number, which stands for `{a}`. French has nothing in the singular, too.
    pub(super) fn counted(&self, key: &str, count: u64) -> String {
        self.with(&format!("{key}.{}", self.number(count)), &self.count(count))
    }

    /// `one` or `many`.
    pub(super) fn number(&self, count: u64) -> &'static str {
        if count == 1 || (count == 0 && self.tag() == "fr") { "one" } else { "many" }
    }

    /// A number.
    pub(super) fn count(&self, count: u64) -> String {
        self.locale.whole(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// An amount of a currency named by its code.
    pub(super) fn money(&self, amount: i64, currency: &str) -> String {
        match Currency::parse(currency) {
            Some(currency) => self.locale.balance(amount, currency),
            None => format!("{} {currency}", self.locale.whole(amount)),
        }
    }

    /// `14 Nov 2026`, of `2026-11-14` or an instant (UTC).
    pub(super) fn day(&self, text: &str) -> String {
        self.dated("day", text)
    }

    /// `14 Nov`, where the year is plain.
    pub(super) fn short_day(&self, text: &str) -> String {
        self.dated("day.short", text)
    }

    fn dated(&self, pattern: &str, text: &str) -> String {
        let mut parts = text.get(..10).unwrap_or(text).split('-');
        let (year, month, day) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        let month = self.t(&format!("month.{}", month.trim_start_matches('0')));
        self.t(pattern).replace("{d}", day.trim_start_matches('0')).replace("{m}", month).replace("{y}", year)
    }

    /// `14 Nov 2026, 13:05`, of an instant (UTC).
    pub(super) fn time(&self, text: &str) -> String {
        let clock = text.get(11..16).unwrap_or_default();
        self.t("time").replace("{d}", &self.day(text)).replace("{t}", clock)
    }

    /// How long ago, in the largest unit that fits.
    pub(super) fn ago(&self, then: Instant, now: Instant) -> String {
        let minutes = u64::try_from(now.since_ms(then) / 60_000).unwrap_or(0);
        match minutes {
            0 => self.t("ago.now").to_owned(),
            1..60 => self.counted("ago.minutes", minutes),
            60..1440 => self.counted("ago.hours", minutes / 60),
            _ => self.counted("ago.days", minutes / 1440),
        }
    }
}
