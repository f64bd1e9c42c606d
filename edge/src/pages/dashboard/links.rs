//! Links and assets: a link to any page for any referrer, and the library of what they may share besides.

use super::file::Files;
use super::settings::groups;
use super::short::Short;
use crate::ledger::asset::Shown;
use crate::pages::asset_card::Card;
use crate::pages::desk::{Desk, Fault, Refusal};
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use crate::qr;
use askama::Template;
use referral::channel::Channel;
use referral::code::Code;
use referral::destination::{self, Destination};
use referral::promise::LOCALES;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Channels a link can say it was shared by; what it says of itself it need not say.
const CHANNELS: &[Channel] = &[
    Channel::Direct,
    Channel::Email,
    Channel::Whatsapp,
    Channel::Telegram,
    Channel::Sms,
    Channel::X,
    Channel::Facebook,
    Channel::Linkedin,
    Channel::Reddit,
    Channel::Messenger,
    Channel::Qr,
];

/// Names under which pages with the snippet read a code: the loader's usual ones.
const ALIASES: &str = "via, ref, fpr, fp_ref, grsf, refcode";

/// Referrers a search shows.
const FOUND: usize = 8;

#[derive(Deserialize)]
struct Referrer {
    id: String,
    code: String,
    further_codes: Vec<String>,
    name: Option<String>,
    email: Option<String>,
    external_id: Option<String>,
    joined_to: Option<String>,
    link: String,
}

#[derive(Deserialize)]
struct Referrers {
    data: Vec<Referrer>,
}

#[derive(Deserialize)]
struct Assets {
    data: Vec<Shown>,
}

impl Referrer {
    fn called(&self) -> String {
        let known = [&self.name, &self.email, &self.external_id].into_iter().flatten().next();
        known.cloned().unwrap_or_else(|| self.code.clone())
    }

    fn codes(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.code.as_str()).chain(self.further_codes.iter().map(String::as_str))
    }

    /// Whether this text is all of what tells them from others, and not merely a part of it.
    fn is(&self, who: &str) -> bool {
        let mail = self.email.as_deref().is_some_and(|email| email.eq_ignore_ascii_case(who));
        let code = self.codes().any(|code| code.eq_ignore_ascii_case(who));
        mail || code || self.id == who || self.external_id.as_deref() == Some(who)
    }
}

/// What was asked for of a link.
#[derive(Default)]
struct Wanted {
    who: String,
    code: String,
    to: String,
    channel: Channel,
}

/// The link that was built.
struct Built {
    name: String,
    path: String,
    link: String,
    lands: String,
    /// The same page with the code, without us in between.
    direct: String,
    picture: String,
    /// Every code of the referrer, and the address of the link with it.
    codes: Vec<(String, String, bool)>,
}

#[derive(Template)]
#[template(path = "dashboard/links.html")]
struct Page {
    wanted: Wanted,
    built: Option<Built>,
    /// Why there is no link.
    fault: Option<String>,
    /// Others who were found, with their codes, and the address of their link.
    others: Vec<(String, String, String)>,
    /// Somebody has to say which of them is meant.
    unclear: bool,
    channels: Vec<(&'static str, String, bool)>,
    aliases: &'static str,
    assets: Vec<Card>,
    /// The library as files.
    files: Files,
    groups: Vec<(String, String)>,
    locales: Vec<(&'static str, String)>,
    typed: Typed,
    frame: Frame,
}

/// What was filled in for an asset or a referrer and refused.
#[derive(Default)]
struct Typed {
    /// `text`, `file`, `picture` or `referrer`.
    open: String,
    title: String,
    text: String,
    url: String,
    alt: String,
    name: String,
    email: String,
    code: String,
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

impl Wanted {
    fn asked(desk: &Desk<'_>) -> Self {
        let text = |name: &str, most| -> String {
            desk.visit.asked(name).unwrap_or_default().chars().take(most).collect()
        };
        Self {
            who: text("who", 100),
            code: text("code", 64),
            to: text("to", 2000),
            channel: Channel::from_link(&text("channel", 20)),
        }
    }

    fn query(&self, who: &str, code: &str) -> String {
        let channel = self.channel.as_str();
        format!("who={}&code={}&to={}&channel={channel}", encoded(who), encoded(code), encoded(&self.to))
    }
}

/// A link, and where it leads a person.
struct DeepLink {
    link: String,
    lands: String,
}

/// The link of a code as it was wanted, from any link of the same referrer.
fn link(
    frame: &Frame,
    known: &str,
    first: &str,
    code: &str,
    wanted: &Wanted,
) -> Result<DeepLink, &'static str> {
    let base = known.strip_suffix(first).unwrap_or(known);
    let code = Code::parse(code).map_err(|_| "code")?;
    let destination = Destination::parse(&frame.program.destination).map_err(|_| "other_site")?;
    let page = destination.deep_link(&wanted.to).map_err(destination::DeepLinkError::word)?;
    let link = destination::link(base, code.as_str(), &page, wanted.channel);
    let passed = destination::link("", "", &page, wanted.channel);
    let (path, query) = passed.split_once('?').unwrap_or((&passed, ""));
    Ok(DeepLink { lands: destination.location(path, query, Some(&code), None), link })
}

/// Why there is no link, in the words of the page that merchants and referrers share.
fn fault_words(frame: &Frame, word: &str) -> String {
    let words = &frame.words;
    let text = words.known("links.fault", word).or_else(|| words.known("portal.fault", word));
    text.unwrap_or_default().replace("{a}", &frame.program.name)
}

async fn found(desk: &Desk<'_>, who: &str) -> Result<Vec<Referrer>, Problem> {
    if who.is_empty() {
        return Ok(Vec::new());
    }
    let found: Referrers = desk.get(&format!("/v1/referrers?limit={FOUND}&q={}", encoded(who))).await?;
    // A link that was joined to an account is the account's.
    let ids: Vec<String> = found.data.iter().map(|one| one.id.clone()).collect();
    let own = |one: &Referrer| one.joined_to.as_ref().is_none_or(|account| !ids.contains(account));
    Ok(found.data.into_iter().filter(own).collect())
}

/// Who is meant: the one it is exactly, else the only one who is like it. Between several a person decides.
fn meant<'a>(found: &'a [Referrer], who: &str) -> Option<&'a Referrer> {
    let mut exactly = found.iter().filter(|one| one.is(who));
    match (exactly.next(), exactly.next(), found) {
        (Some(one), None, _) | (None, _, [one]) => Some(one),
        _ => None,
    }
}

pub(in crate::pages) async fn show(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Links).await?;
    page(desk, frame, Typed::default()).await
}

async fn page(desk: &Desk<'_>, frame: Frame, typed: Typed) -> Result<Reply, Problem> {
    let wanted = Wanted::asked(desk);
    let found = found(desk, &wanted.who).await?;
    let meant = meant(&found, &wanted.who);
    let address = |who: &str, code: &str| format!("{}?{}", frame.to("links"), wanted.query(who, code));
    let mut fault = (!wanted.who.is_empty() && found.is_empty()).then_some("nobody");
    let mut built = None;
    if let Some(one) = meant {
        let asked = |code: &&str| *code == wanted.code || code.eq_ignore_ascii_case(&wanted.who);
        let code = one.codes().find(asked).unwrap_or(&one.code);
        match link(&frame, &one.link, &one.code, code, &wanted) {
            Ok(DeepLink { link, lands }) => {
                built = Some(Built {
                    name: one.called(),
                    path: frame.to(&format!("referrers/{}", one.id)),
                    picture: if link.len() <= qr::LONGEST {
                        format!("{}?{}", frame.to("links/qr.svg"), wanted.query(&one.id, code))
                    } else {
                        String::new()
                    },
                    direct: lands.clone(),
                    codes: one
                        .codes()
                        .map(|other| (other.to_owned(), address(&one.id, other), other == code))
                        .collect(),
                    link,
                    lands,
                });
            }
            Err(word) => fault = Some(word),
        }
    }
    let others = found.iter().filter(|one| meant.is_none_or(|meant| meant.id != one.id));
    let others = others.map(|one| (one.called(), one.code.clone(), address(&one.id, ""))).collect();
    let unclear = meant.is_none() && !found.is_empty();
    let assets: Assets = desk.get("/v1/assets").await?;
    let groups = groups::names(desk).await?;
    let origin = format!("{}/", desk.isolate.public_origin);
    let card = |asset: Shown| card(&frame, asset, &groups, &origin);
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    let channels = CHANNELS.iter().map(|channel| {
        (channel.as_str(), frame.words.of("channel", channel.as_str()), *channel == wanted.channel)
    });
    let page = Page {
        channels: channels.collect(),
        aliases: ALIASES,
        assets: assets.data.into_iter().map(card).collect(),
        locales: LOCALES.map(|one| (one.tag(), frame.words.of("language", one.tag()))).into(),
        fault: fault.map(|word| fault_words(&frame, word)),
        files: Files::new(&frame, Short::Assets.word(), ""),
        groups,
        wanted,
        built,
        others,
        unclear,
        typed,
        frame,
    };
    Reply::page(status, &page)
}

fn card(frame: &Frame, asset: Shown, groups: &[(String, String)], origin: &str) -> Card {
    let mut about = vec![frame.words.of("asset", &asset.kind)];
    about.extend(asset.group_id.as_ref().map(|id| {
        let group = groups.iter().find(|(known, _)| known == id);
        group.map_or_else(|| id.clone(), |(_, name)| name.clone())
    }));
    about.extend(asset.created_at.map(|at| frame.words.day(&at.to_string())));
    Card::new(&frame.words, about, asset, origin)
}

/// The library as rows of a file, with the name of the group an asset is for.
pub(super) async fn rows(desk: &Desk<'_>) -> Result<Vec<Value>, Problem> {
    let assets: Assets = desk.get("/v1/assets").await?;
    let groups = groups::names(desk).await?;
    let row = |asset: &Shown| {
        let group = groups.iter().find(|(id, _)| asset.group_id.as_ref() == Some(id));
        let mut row = serde_json::to_value(asset)?;
        if let Some(fields) = row.as_object_mut() {
            fields.insert("group".to_owned(), json!(group.map(|(_, name)| name)));
        }
        Ok(row)
    };
    assets.data.iter().map(row).collect()
}

/// A link's QR code.
pub(in crate::pages) async fn picture(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Links).await?;
    let wanted = Wanted::asked(desk);
    let found = found(desk, &wanted.who).await?;
    let one = found.iter().find(|one| one.id == wanted.who).ok_or_else(Problem::not_found)?;
    let code = one.codes().find(|code| *code == wanted.code).ok_or_else(Problem::not_found)?;
    let built = link(&frame, &one.link, &one.code, code, &wanted).map_err(|_| Problem::not_found())?;
    let picture = qr::shape(&built.link).ok_or_else(Problem::not_found)?;
    Ok(Reply::part("image/svg+xml", picture.svg()))
}

fn typed(form: &Form, open: &str) -> Typed {
    let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
    Typed {
        open: open.to_owned(),
        title: text("title"),
        text: text("text"),
        url: text("url"),
        alt: text("alt"),
        name: text("name"),
        email: text("email"),
        code: text("code"),
    }
}

/// The page again, with what was typed and why it was not taken.
async fn again(desk: &Desk<'_>, mut refusal: Refusal, typed: Typed) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Links).await?;
    for Fault { field, label, .. } in &mut refusal.errors {
        frame.words.known("asset.field", field).unwrap_or_default().clone_into(label);
    }
    page(desk, frame.refused(refusal), typed).await
}

/// Adds a referrer with a code of the merchant's choice.
pub(in crate::pages) async fn add_referrer(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let mut body = Map::new();
    for name in ["name", "email", "code"] {
        body.insert(name.to_owned(), json!(form.text(name)));
    }
    match desk.tell::<Value>("POST", "/v1/referrers", form.text("once"), &Value::Object(body)).await? {
        Ok(added) => {
            let code = added.get("code").and_then(Value::as_str).unwrap_or_default();
            let mode = desk.mode.word();
            Ok(Reply::see(&format!("/dashboard/{mode}/links?who={}&done=referrer", encoded(code))))
        }
        Err(refusal) => again(desk, refusal, typed(form, "referrer")).await,
    }
}

/// Adds an asset.
pub(in crate::pages) async fn add(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let kind = form.text("kind").unwrap_or_default();
    let mut body = Map::new();
    for name in ["kind", "title", "locale", "group_id"] {
        body.insert(name.to_owned(), json!(form.text(name)));
    }
    match kind {
        "picture" => {
            body.insert("alt".to_owned(), json!(form.text("alt")));
            body.insert("data".to_owned(), json!(form.text("data")));
        }
        "file" => {
            body.insert("url".to_owned(), json!(form.text("url")));
        }
        _ => {
            body.insert("text".to_owned(), json!(form.text("text")));
        }
    }
    match desk.tell::<Value>("POST", "/v1/assets", form.text("once"), &Value::Object(body)).await? {
        Ok(_) => Ok(Reply::see(&format!("/dashboard/{}/links?done=asset#library", desk.mode.word()))),
        Err(refusal) => again(desk, refusal, typed(form, kind)).await,
    }
}

/// Retires an asset.
pub(in crate::pages) async fn retire(desk: &Desk<'_>, id: &str) -> Result<Reply, Problem> {
    match desk.tell::<Value>("DELETE", &super::target("assets", id, "")?, None, &Value::Null).await? {
        Ok(_) => Ok(Reply::see(&format!("/dashboard/{}/links?done=retired#library", desk.mode.word()))),
        Err(refusal) => again(desk, refusal, Typed::default()).await,
    }
}
