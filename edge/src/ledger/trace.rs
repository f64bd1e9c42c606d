//! Traces: the story of a conversion as the ledger keeps it, for the merchant whole, for a referrer less what is another's.

use super::book::Book;
use super::promise;
use super::request::Request;
use super::who;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::sql;
use referral::fraud;
use referral::promise::Locale;
use referral::story::{self, Story};
use serde_json::{Value, json};

/// Who reads.
pub(crate) enum Reader {
    /// With a secret key, or signed in at the dashboard.
    Merchant,
    /// The ids of one referrer: their own, and those of whoever was joined to them.
    Referrer(Vec<String>),
}

impl Reader {
    /// Whoever calls: by a secret key, or by the proof or identity of a referrer.
    pub(crate) fn of(book: &Book, request: &Request) -> Result<Self, Problem> {
        if is_merchant(book, request) {
            return Ok(Self::Merchant);
        }
        let account = who::account(book, request)?;
        Ok(Self::Referrer(everyone(book, &account.id)?))
    }

    /// What they may read of a story; none where it does not concern them.
    pub(crate) fn reads(&self, story: Story) -> Option<Story> {
        match self {
            Self::Merchant => Some(story),
            Self::Referrer(mine) => story.concerns(mine).then(|| story.for_referrer(mine)),
        }
    }
}

pub(crate) fn is_merchant(book: &Book, request: &Request) -> bool {
    request.meta.session.is_some() || book.caller(request).is_some_and(|key| key.kind == "secret")
}

/// The ids under which a referrer is known.
pub(crate) fn everyone(book: &Book, id: &str) -> Result<Vec<String>, Problem> {
    let rows: Vec<(String,)> = book.database.rows(sql!("ledger/me_everyone"), &[id])?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The story of a conversion as it stands.
pub(crate) fn stored(book: &Book, id: &str) -> Result<Option<Story>, Problem> {
    let row: Option<(String,)> = book.database.row(sql!("ledger/story"), &[id])?;
    row.map(|(body,)| read(&body)).transpose()
}

/// Reads a story that was stored as JSON.
pub(crate) fn read(body: &str) -> Result<Story, Problem> {
    let mut story: Story = serde_json::from_str(body)?;
    for flag in story.flags.iter_mut().filter(|flag| flag.because.is_empty()) {
        let rule: Option<fraud::Rule> = serde_json::from_value(json!(flag.rule)).ok();
        rule.map_or("", fraud::Rule::sentence).clone_into(&mut flag.because);
    }
    Ok(story.told())
}

/// A story as it is answered: in JSON and in words.
pub(crate) fn shown(story: &Story, locale: Locale) -> Result<Value, Problem> {
    let mut shown = serde_json::to_value(story)?;
    let verdict = serde_json::to_value(story.verdict())?;
    if let Some(fields) = shown.as_object_mut() {
        for name in ["verdict", "reason"] {
            fields.insert(name.to_owned(), verdict.get(name).cloned().unwrap_or_default());
        }
        let words = json!({ "locale": locale.tag(), "sentences": story::explain(story, locale) });
        fields.insert("words".to_owned(), words);
    }
    Ok(shown)
}

/// `GET /v1/{leads,sales}/{id}/trace?locale=`.
pub(crate) fn show(book: &Book, request: &Request, id: &str) -> Result<Answer, Problem> {
    let locale = promise::locale(request)?;
    // Before the trace is looked for: who may not ask learns not even whether there is one.
    let reader = Reader::of(book, request)?;
    let story = stored(book, id)?.and_then(|story| reader.reads(story)).ok_or_else(Problem::not_found)?;
    Answer::json(200, &shown(&story, locale)?)
}
