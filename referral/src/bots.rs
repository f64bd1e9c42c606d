//! Who is not a person: user agents of crawlers and of link previews.
//!
//! The words come from the npm package crawler-user-agents (MIT; version and date stand in the head of
//! `referral/data/crawlers.txt`). All of them are looked for in one pass over a user agent.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

const LIST: &str = include_str!("../data/crawlers.txt");

/// A kind of visitor that is not a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Robot {
    /// Reads pages for a search engine, a monitor, a model, a scraper.
    Crawler,
    /// Fetches a link to show its title and picture in a conversation or a timeline.
    Preview,
}

/// The list of crawlers, prepared for looking up. Preparing takes a few milliseconds: do it once and keep it.
#[derive(Debug)]
pub struct Crawlers {
    words: AhoCorasick,
    /// The section of each word, by its number.
    sections: Vec<Section>,
    /// Words that must stand at the start, at the end, or be all there is: a dozen.
    placed: Vec<(Section, Place, Cow<'static, str>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Crawler,
    Preview,
    /// A preview fetcher whose name its app's in-app browser wears too.
    App,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Anywhere,
    Start,
    End,
    Whole,
}

impl Crawlers {
    /// Prepares the list.
    #[expect(clippy::missing_panics_doc, reason = "the list is part of the program and read by every test")]
    pub fn new() -> Self {
        let mut words = Vec::new();
        let mut sections = Vec::new();
        let mut placed = Vec::new();
        for (section, place, word) in entries(LIST) {
            if place == Place::Anywhere {
                words.push(word);
                sections.push(section);
            } else {
                placed.push((section, place, word));
            }
        }
        let words = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            // A full automaton would take megabytes of every isolate.
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(words.iter().map(AsRef::as_ref).map(str::as_bytes))
            .expect("some 1,500 short words make an automaton");
        Self { words, sections, placed }
    }

    /// Whether this user agent is known not to be a person's.
    ///
    /// Besides the list: nobody's browser tells an address where to complain, crawlers do.
    pub fn classify(&self, user_agent: &str) -> Option<Robot> {
        let browser = user_agent.contains("AppleWebKit/");
        let anywhere = self
            .words
            .find_overlapping_iter(user_agent)
            .filter_map(|found| self.sections.get(found.pattern().as_usize()));
        let placed = self.placed.iter().filter(|(_, place, word)| match place {
            Place::Anywhere => user_agent.contains(word.as_ref()),
            Place::Start => user_agent.starts_with(word.as_ref()),
            Place::End => user_agent.ends_with(word.as_ref()),
            Place::Whole => user_agent == word,
        });
        let mut robot = None;
        for section in anywhere.chain(placed.map(|(section, ..)| section)) {
            match section {
                Section::App if browser => {}
                Section::App | Section::Preview => return Some(Robot::Preview),
                Section::Crawler => robot = Some(Robot::Crawler),
            }
        }
        robot.or_else(|| user_agent.contains("://").then_some(Robot::Crawler))
    }
}

impl Default for Crawlers {
    fn default() -> Self {
        Self::new()
    }
}

fn entries(list: &'static str) -> impl Iterator<Item = (Section, Place, Cow<'static, str>)> {
    let mut current = (Section::Crawler, Place::Anywhere);
    list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).filter_map(move |line| {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            current = section(name);
            return None;
        }
        let word =
            if line.contains("\\s") { Cow::Owned(line.replace("\\s", " ")) } else { Cow::Borrowed(line) };
        Some((current.0, current.1, word))
    })
}

fn section(name: &str) -> (Section, Place) {
    let (kind, place) = name.split_once(' ').unwrap_or((name, ""));
    let kind = match kind {
        "preview" => Section::Preview,
        "app" => Section::App,
        _ => Section::Crawler,
    };
    let place = match place {
        "at the start" => Place::Start,
        "at the end" => Place::End,
        "as a whole" => Place::Whole,
        _ => Place::Anywhere,
    };
    (kind, place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corpus(text: &'static str) -> Vec<&'static str> {
        text.lines().filter(|line| !line.starts_with('#')).collect()
    }

    #[test]
    fn every_crawler_ever_seen_upstream_is_known() {
        let crawlers = Crawlers::new();
        let seen = corpus(include_str!("../../tests/corpora/crawlers-seen.txt"));
        assert!(seen.len() > 2000);
        let missed: Vec<_> = seen.iter().filter(|agent| crawlers.classify(agent).is_none()).collect();
        assert!(missed.is_empty(), "{missed:#?}");
    }

    #[test]
    fn browsers_of_people_are_not_taken_for_robots() {
        let crawlers = Crawlers::new();
        let browsers = corpus(include_str!("../../tests/corpora/browsers.txt"));
        assert!(browsers.len() >= 80);
        let wrong: Vec<_> = browsers.iter().filter(|agent| crawlers.classify(agent).is_some()).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn previews_are_told_from_crawlers() {
        let crawlers = Crawlers::new();
        let check = |agent: &str, expected| assert_eq!(crawlers.classify(agent), expected, "{agent}");
        for preview in [
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "WhatsApp/2.23.20.0 A",
            "Twitterbot/1.0",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "TelegramBot (like TwitterBot)",
            "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
            "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
            "Pinterest/0.2 (+https://www.pinterest.com/bot.html)Mozilla/5.0 (compatible; Pinterestbot/1.0; +https://www.pinterest.com/bot.html)",
            "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
            "Mozilla/5.0 (compatible; redditbot/1.0; +http://www.reddit.com/feedback)",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
            "Viber/13.3.0 CFNetwork/1121.2.2 Darwin/19.3.0",
        ] {
            check(preview, Some(Robot::Preview));
        }
        for crawler in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "curl/8.5.0",
            "python-requests/2.31.0",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36",
            "Mozilla/5.0 (compatible; NeverHeardOf/1.0; +https://crawler.example/about)",
            "LCC (+http://corpora.informatik.uni-leipzig.de/crawler_faq.html)",
        ] {
            check(crawler, Some(Robot::Crawler));
        }
        check("", None);
        check("\u{fffd}\0", None);
    }

    #[test]
    fn the_list_says_where_it_comes_from() {
        let head: Vec<_> = LIST.lines().take_while(|line| line.starts_with('#')).collect();
        for word in ["crawler-user-agents 1.", "MIT licence", "newest entry 20"] {
            assert!(head.iter().any(|line| line.contains(word)), "{word}");
        }
    }
}
