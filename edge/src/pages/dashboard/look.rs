//! Messages and look: what people share, how a link looks where it is shared, and the panel's colours.

pub(in crate::pages) mod theme;

use super::former::{self, Field};
use crate::pages::desk::{Desk, Fault, Refusal};
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::panel_words;
use crate::pages::reply::{self, Reply};
use crate::problem::Problem;
use askama::Template;
use referral::channel::Channel;
use referral::look::{self, GIFT, Look, PROGRAM, SPEAKING, Text};
use referral::promise::{LOCALES, Locale};
use referral::terms::pay::Pay;
use referral::terms::{Occasion, Side, Terms};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use theme::ThemeForm;

/// The look as the API shows it.
#[derive(Deserialize)]
struct Shown {
    #[serde(flatten)]
    look: Look,
    version: u32,
}

/// One channel's words: to be changed, and as friends get them.
struct Row {
    name: String,
    label: String,
    /// What is typed there, and what is stored.
    text: String,
    was: String,
    most: usize,
    /// What is shared as it stands: words, and the line that discloses the reward.
    preview: String,
    disclosure: &'static str,
}

struct LanguageTab {
    path: String,
    label: String,
    is_here: bool,
}

/// How a link looks where it is shared.
struct Card {
    title: String,
    text: String,
    host: String,
    /// The picture, where it is one of our own.
    picture: Option<String>,
    /// Its address, wherever it is.
    image: String,
}

#[derive(Template)]
#[template(path = "dashboard/look.html")]
struct Page {
    version: u32,
    /// The language of the words; empty for every language.
    locale: String,
    languages: Vec<LanguageTab>,
    rows: Vec<Row>,
    link: String,
    share: [String; 3],
    /// What is stored of it.
    shared: [String; 3],
    card: Card,
    theme: ThemeForm,
    frame: Frame,
}

/// What the friend gets, as the panel writes it in this language; none where there is no one amount to name.
fn gift(terms: &Value, frame: &Frame, locale: Locale) -> Option<String> {
    let terms: Terms = serde_json::from_value(terms.clone()).ok()?;
    let mut found = None;
    for rule in terms.rewards.iter().filter(|rule| rule.to == Side::Friend) {
        if rule.when.is_some_and(referral::terms::pay::When::is_milestone) {
            continue;
        }
        let said = match rule.pay {
            Pay::Flat(amount) => locale.money(amount, frame.program.currency),
            Pay::ShareBps(bps) => locale.percent(bps),
            _ => continue,
        };
        if found.is_none() || rule.on == Occasion::Sale {
            found = Some(said);
        }
    }
    found
}

/// A text with everything filled in, at once, so that what is put in is not looked through again.
fn filled(text: &str, program: &str, gift: &str) -> String {
    let parts: Vec<String> = text.split(PROGRAM).map(|part| part.replace(GIFT, gift)).collect();
    parts.join(program)
}

fn word(channel: Option<Channel>) -> &'static str {
    channel.map_or("every", Channel::as_str)
}

/// Every channel together, then one by one.
fn places() -> impl Iterator<Item = Option<Channel>> {
    [None].into_iter().chain(SPEAKING.map(Some))
}

fn label(frame: &Frame, channel: Option<Channel>) -> String {
    match channel {
        None => frame.t("look.every").to_owned(),
        Some(channel) => frame.words.of("channel", channel.as_str()),
    }
}

async fn stored(desk: &Desk<'_>) -> Result<Shown, Problem> {
    desk.get("/v1/look").await
}

/// The language that is asked for; none for all of them.
fn locale_of(text: Option<&str>) -> Option<Locale> {
    text.filter(|tag| tag.len() == 2).and_then(Locale::of_tag)
}

pub(in crate::pages) async fn show(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Look).await?;
    let locale = locale_of(desk.visit.asked("locale").as_deref());
    page(desk, frame, locale, None).await
}

async fn page(
    desk: &Desk<'_>,
    frame: Frame,
    locale: Option<Locale>,
    typed: Option<&Form>,
) -> Result<Reply, Problem> {
    let Shown { look, version } = stored(desk).await?;
    let tag = locale.map(Locale::tag);
    let spoken = locale.unwrap_or(frame.words.locale);
    let program = frame.program.name.as_str();
    let gift = gift(&frame.program.terms, &frame, spoken);
    let row = |channel: Option<Channel>| {
        let said = look.said(channel, tag.unwrap_or_default(), program, gift.is_some());
        let text = look.text(channel, tag).unwrap_or_default();
        let typed = typed.filter(|form| form.has(word(channel)));
        Row {
            name: word(channel).to_owned(),
            label: label(&frame, channel),
            text: match typed {
                Some(form) => former::again(form, word(channel), text.to_owned()),
                None => text.to_owned(),
            },
            was: text.to_owned(),
            most: look::longest(channel),
            preview: match said {
                Some(text) => filled(text, program, gift.as_deref().unwrap_or_default()),
                None => panel_words::message(spoken, program, gift.as_deref()),
            },
            disclosure: panel_words::disclosure(spoken),
        }
    };
    let rows = places().map(row).collect();
    let tab = |one: Option<Locale>| LanguageTab {
        path: one
            .map_or_else(|| frame.to("look"), |one| format!("{}?locale={}", frame.to("look"), one.tag())),
        label: one.map_or_else(
            || frame.t("look.languages.every").to_owned(),
            |one| frame.words.of("language", one.tag()),
        ),
        is_here: one == locale,
    };
    let share = &frame.program.share;
    let shared = [&share.title, &share.text, &share.image].map(|text| text.clone().unwrap_or_default());
    let own = |typed_name: &str, stored: &str| {
        let stored = stored.to_owned();
        match typed.filter(|form| form.has(typed_name)) {
            Some(form) => former::again(form, typed_name, stored),
            None => stored,
        }
    };
    let image = share.image.clone().unwrap_or_default();
    let origin = &desk.isolate.public_origin;
    let link = format!("{origin}/r/{}/…", frame.program.slug);
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    let page = Page {
        version,
        locale: tag.unwrap_or_default().to_owned(),
        languages: [None].into_iter().chain(LOCALES.map(Some)).map(tab).collect(),
        rows,
        share: [own("title", &shared[0]), own("text", &shared[1]), own("image", &shared[2])],
        shared,
        card: Card {
            title: share.title.clone().unwrap_or_else(|| program.to_owned()),
            text: share.text.clone().unwrap_or_default(),
            host: link
                .split("://")
                .nth(1)
                .and_then(|rest| rest.split('/').next())
                .unwrap_or_default()
                .to_owned(),
            picture: image.strip_prefix(&format!("{origin}/a/")).map(|rest| format!("/a/{rest}")),
            image,
        },
        link,
        theme: ThemeForm::of(desk, &frame, &look.theme, typed),
        frame,
    };
    Ok(Reply::page(status, &page)?.under(reply::WITH_FRAME))
}

/// The page again, with what was typed and why it was not taken; `texts[2].text` is called by its channel.
async fn again(
    desk: &Desk<'_>,
    mut refusal: Refusal,
    form: &Form,
    rows: &[Option<Channel>],
) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Look).await?;
    for Fault { field, label: called, .. } in &mut refusal.errors {
        let at = field.strip_prefix("texts[").and_then(|rest| rest.split(']').next()?.parse::<usize>().ok());
        if let Some(channel) = at.and_then(|at| rows.get(at)) {
            *called = label(&frame, *channel);
        }
        if let Some(name) = field.strip_prefix("theme.").or_else(|| field.strip_prefix("share.")) {
            *called = frame.words.of("look", name);
        }
    }
    let locale = locale_of(form.text("locale"));
    page(desk, frame.refused(refusal), locale, Some(form)).await
}

/// Changes the words of one language.
pub(in crate::pages) async fn texts(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let Shown { look, .. } = stored(desk).await?;
    let locale = locale_of(form.text("locale"));
    let tag = locale.map(Locale::tag);
    let mut texts: Vec<Text> = Vec::new();
    for channel in places() {
        let words: Vec<&str> = form.text(word(channel)).unwrap_or_default().split_whitespace().collect();
        if !words.is_empty() {
            texts.push(Text { channel, locale: tag.map(str::to_owned), text: words.join(" ") });
        }
    }
    let rows: Vec<Option<Channel>> = texts.iter().map(|text| text.channel).collect();
    texts.extend(look.texts.into_iter().filter(|text| text.locale.as_deref() != tag));
    let version = form.text("version").and_then(|version| version.parse::<u32>().ok());
    let body = json!({ "texts": texts, "version": version });
    match desk.tell::<Value>("PATCH", "/v1/look", None, &body).await? {
        Ok(_) => {
            let language = tag.map(|tag| format!("locale={tag}&")).unwrap_or_default();
            Ok(Reply::see(&format!("/dashboard/{}/look?{language}done=look", desk.mode.word())))
        }
        Err(refusal) => again(desk, refusal, form, &rows).await,
    }
}

/// Changes how a link looks where it is shared; what nobody changed stays as it is stored.
pub(in crate::pages) async fn share(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let (words, program) = (&desk.words, desk.frame(Section::Look).await?.program);
    let field = |name, label, stored: Option<String>| {
        let stored = stored.unwrap_or_default();
        Field { name, label, said: stored.clone(), stored }
    };
    let fields = [
        field("title", words.t("look.title"), program.share.title),
        field("text", words.t("look.text"), program.share.text),
        field("image", words.t("look.image"), program.share.image),
    ];
    if let Some(refusal) = former::overtaken(words, form, &fields) {
        return again(desk, refusal, form, &[]).await;
    }
    let wanted = |field: Field<'_>| {
        let text = former::again(form, field.name, field.stored);
        let words: Vec<&str> = text.split_whitespace().collect();
        (field.name.to_owned(), json!((!words.is_empty()).then(|| words.join(" "))))
    };
    let share: Map<String, Value> = fields.into_iter().map(wanted).collect();
    let body = json!({ "share": share, "version": program.version });
    match desk.tell::<Value>("PATCH", "/v1/program", None, &body).await? {
        Ok(_) => {
            crate::facts::forget(&desk.signed.uid);
            Ok(Reply::see(&format!("/dashboard/{}/look?done=changed#preview", desk.mode.word())))
        }
        Err(refusal) => again(desk, refusal, form, &[]).await,
    }
}

/// Changes colours and corners.
pub(in crate::pages) async fn save_theme(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let mut theme = serde_json::Map::new();
    for name in theme::FIELDS {
        theme.insert(name.to_owned(), json!(form.text(name)));
    }
    let version = form.text("version").and_then(|version| version.parse::<u32>().ok());
    let body = json!({ "theme": theme, "version": version });
    match desk.tell::<Value>("PATCH", "/v1/look", None, &body).await? {
        Ok(_) => Ok(Reply::see(&format!("/dashboard/{}/look?done=look#theme", desk.mode.word()))),
        Err(refusal) => again(desk, refusal, form, &[]).await,
    }
}
