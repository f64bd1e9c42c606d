//! A story in words: short sentences that a merchant would forward to a referrer, from `words/{locale}.txt`.

use super::{Credit, Kind, Reward, Story};
use crate::attribution::Outcome;
use crate::promise::Locale;
use crate::reward::NoReward;
use crate::terms::Side;
use crate::terms::qualification::Stage;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// What a question is answered with where there is no story to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The shop has told of no such order or customer.
    NotTold,
    /// Nothing under this concerns the referrer who asks, known or not.
    Unknown,
    /// This can be no code.
    CodeMalformed,
    /// Nobody has joined with this code.
    CodeUnknown,
    /// The link was never followed by a person.
    NoClicks,
    /// It was followed so many times, and the shop has told of nothing after it.
    ClicksOnly(u64),
    /// A browser claimed so, and the shop has not confirmed it.
    ClaimedOnly,
    /// There is something to tell.
    Told,
}

impl Answer {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotTold => "not_told",
            Self::Unknown => "unknown",
            Self::CodeMalformed => "code_malformed",
            Self::CodeUnknown => "code_unknown",
            Self::NoClicks => "no_clicks",
            Self::ClicksOnly(_) => "clicks_only",
            Self::ClaimedOnly => "claimed_only",
            Self::Told => "told",
        }
    }

    /// One sentence in a language; none where the stories say it.
    pub fn sentence(self, locale: Locale) -> Option<String> {
        let number = if let Self::ClicksOnly(clicks) = self { clicks } else { 0 };
        let number = locale.number(i64::try_from(number).unwrap_or(i64::MAX), 0);
        (self != Self::Told).then(|| locale.say(&format!("why.{}", self.word()), &number))
    }
}

/// Why a rule gave nothing, or less than it says, in a language.
pub fn why_nothing(reason: NoReward, locale: Locale) -> String {
    locale.say(&format!("story.none.{}", word(&reason)), "")
}

/// A story in a language; amounts of rewards in their currency.
pub fn explain(story: &Story, locale: Locale) -> Vec<String> {
    let mut said = Said { locale, sentences: Vec::new() };
    said.credit(story);
    said.touches(story);
    said.moves(story);
    said.lead(story);
    for flag in &story.flags {
        said.say(&format!("story.flag.{}", flag.status), &flag.rule, "");
    }
    said.rewards(story);
    if !story.refunds.is_empty() {
        said.refunds(story);
    }
    said.sentences
}

struct Said {
    locale: Locale,
    sentences: Vec<String>,
}

impl Said {
    fn text(&self, key: &str, a: &str, b: &str) -> String {
        self.locale.say(key, a).replace("{b}", b)
    }

    fn say(&mut self, key: &str, a: &str, b: &str) {
        let text = self.text(key, a, b);
        if !text.is_empty() {
            self.sentences.push(text);
        }
    }

    fn credit(&mut self, story: &Story) {
        let day = story.occurred_at.day();
        match (story.kind, story.amount, story.currency) {
            (Kind::Sale, Some(amount), Some(currency)) => {
                self.say("story.sale_of", &day, &self.locale.money(amount, currency));
            }
            (Kind::Sale, ..) => self.say("story.sale", &day, ""),
            (Kind::Lead, ..) => self.say("story.lead", &day, ""),
        }
        match &story.attribution {
            Credit::Attributed { code, clicked_at, rule, .. } => {
                self.say(&format!("story.rule.{}", rule.word()), code, &clicked_at.day());
            }
            Credit::Unattributed { reason } => {
                let reason = self.reason(*reason);
                self.say("story.nobody", &reason, "");
            }
        }
        let version = self.locale.number(i64::from(story.terms_version), 0);
        let days = self.locale.number(i64::from(story.window_days), 0);
        self.say("story.terms", &version, &days);
    }

    fn reason(&self, reason: Outcome) -> String {
        self.text(&format!("story.reason.{}", reason.word()), "", "")
    }

    fn touches(&mut self, story: &Story) {
        for loser in &story.losers {
            let reason = self.reason(loser.reason);
            let (key, code) = match &loser.code {
                Some(code) => ("story.loser", code.as_str()),
                None => ("story.other_loser", ""),
            };
            let text = self.text(key, code, &loser.clicked_at.day()).replace("{c}", &reason);
            self.sentences.push(text);
        }
    }

    fn moves(&mut self, story: &Story) {
        for one in &story.reattributions {
            let day = one.decided_at.day();
            match &one.code {
                Some(code) => self.say("story.moved", &day, code),
                None => self.say("story.moved_away", &day, ""),
            }
        }
    }

    fn lead(&mut self, story: &Story) {
        for step in &story.stages {
            let key = if step.stage == Stage::Rejected { "story.rejected" } else { "story.qualified" };
            self.say(key, &step.decided_at.day(), step.reason.as_deref().unwrap_or(""));
        }
    }

    fn rewards(&mut self, story: &Story) {
        for reward in &story.rewards {
            let text = self.reward(reward);
            if reward.to == Side::Friend {
                self.say("story.for_friend", &text, "");
            } else {
                self.sentences.push(text);
            }
        }
        for skipped in &story.rules_without_reward {
            let reason = why_nothing(skipped.reason, self.locale);
            self.say("story.skipped", &skipped.rule, &reason);
        }
        for cut in &story.rules_cut {
            let reason = why_nothing(cut.reason, self.locale);
            self.say("story.cut", &cut.rule, &reason);
        }
    }

    fn reward(&self, reward: &Reward) -> String {
        let what = match &reward.perk {
            Some(perk) => self.locale.say("perk", perk),
            None => self.locale.money(reward.amount, reward.currency),
        };
        let key = match (reward.state.as_str(), &reward.reason) {
            ("voided", Some(reason)) => format!("story.voided.{reason}"),
            ("pending", _) if reward.needs_approval => "story.reward.manual".to_owned(),
            (state, _) => format!("story.reward.{state}"),
        };
        let mut text = self.text(&key, &what, &reward.available_at.day());
        if text.is_empty() {
            text = self.text("story.reward.voided", &what, "");
        }
        if reward.state != "voided" && reward.reversed_amount > 0 {
            let back = self.locale.money(reward.reversed_amount, reward.currency);
            text = self.joined(&text, &self.text("story.reversed", &back, ""));
        }
        text
    }

    fn joined(&self, one: &str, other: &str) -> String {
        format!("{one}{}{other}", if self.locale.tag() == "ja" { "" } else { " " })
    }

    fn refunds(&mut self, story: &Story) {
        let amounts: Option<i64> = story.refunds.iter().map(|refund| refund.amount).sum();
        match (amounts, story.currency) {
            (Some(amount), Some(currency)) => {
                self.say("story.refunded_of", &self.locale.money(amount, currency), "");
            }
            _ => self.say("story.refunded", "", ""),
        }
    }
}

/// The word of a value that serde writes as a text.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
