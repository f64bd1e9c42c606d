//! How the program looks and sounds: read, changed, and told to the panel.

use super::book::{Book, Loaded};
use super::decision::Decision;
use super::expected;
use super::request::Request;
use super::terms::Version;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::input;
use referral::instant::Instant;
use referral::look::{Look, Scheme};
use referral::promise::Locale;
use referral::terms::Side;
use referral::terms::pay::When;
use serde_json::{Value, json};

/// The look in force. Version 0 is what a program has that never said anything.
#[derive(Default)]
pub(crate) struct InForce {
    pub(crate) look: Look,
    pub(crate) version: u32,
    /// When it was last changed; none in version 0.
    changed_at: Option<Instant>,
}

pub(crate) fn load(database: &crate::sql::Database) -> Result<InForce, Problem> {
    let stored: Option<(u32, String, i64)> = database.row(sql!("ledger/look_newest"), &[(); 0])?;
    Ok(match stored {
        None => InForce::default(),
        Some((version, body, at)) => {
            InForce { look: serde_json::from_str(&body)?, version, changed_at: Some(Instant::from_ms(at)) }
        }
    })
}

fn shown(look: &Look, version: u32, changed_at: Option<Instant>) -> Value {
    json!({ "texts": look.texts, "theme": look.theme, "version": version, "changed_at": changed_at })
}

/// `GET /v1/look`.
pub(crate) fn show(program: &Loaded) -> Result<Answer, Problem> {
    let InForce { look, version, changed_at } = &program.look;
    Answer::json(200, &shown(look, *version, *changed_at))
}

/// `PATCH /v1/look {texts?, theme?, version?}`: what is named takes the place of what was, and a new version begins. A
/// `version` that is not the newest is refused: somebody has changed it meanwhile.
pub(crate) fn change(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let program = book.program()?;
    let mut fields = input::object(&request.body).map_err(Problem::invalid)?;
    let old = &program.look;
    expected::take(&mut fields, "version", old.version, "look")?;
    let new = old.look.changed(&fields, &program.facts.name).map_err(Problem::invalid)?;
    if new == old.look {
        return Ok(Decision::answer(Answer::json(200, &shown(&new, old.version, old.changed_at))?));
    }
    let (version, now) = (old.version + 1, book.now());
    let mut writes = Writes::default();
    writes.add(sql!("ledger/look_insert"), &(version, serde_json::to_string(&new)?, now.ms()))?;
    let answer = Answer::json(200, &shown(&new, version, Some(now)))?;
    Ok(Decision { answer, writes, audit: Some(("look.changed", program.facts.id.clone())) })
}

/// What the panel is told of it, in the reader's language; null where nothing is set.
pub(crate) fn for_panel(program: &Loaded, version: &Version<'_>, request: &Request) -> Value {
    let look = &program.look.look;
    if *look == Look::default() {
        return Value::Null;
    }
    let locale = Locale::preferred(request.meta.accept_language.as_deref().unwrap_or_default());
    json!({
        "messages": look.messages(locale.tag(), &program.facts.name, has_gift(version)),
        "scheme": look.theme.scheme.map(|scheme| if scheme == Scheme::Dark { "dark" } else { "light" }),
        "properties": look.theme.properties(),
    })
}

/// Whether friends get an amount or a share that a text can name: what the panel says of prizes for many conversions
/// together is no gift.
pub(crate) fn has_gift(version: &Version<'_>) -> bool {
    let named = |pay: &Value| pay.get("flat").is_some() || pay.get("share_bps").is_some();
    let mut rules = version.terms.rewards.iter();
    rules.any(|rule| {
        rule.to == Side::Friend
            && !rule.when.is_some_and(When::is_milestone)
            && serde_json::to_value(&rule.pay).is_ok_and(|pay| named(&pay))
    })
}
