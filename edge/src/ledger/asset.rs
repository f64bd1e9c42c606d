//! The library of what referrers may share besides their link: added, listed, retired; pictures by their sums.

use super::book::{Book, new_id};
use super::decision::Decision;
use super::group;
use super::list::GROUPS;
use super::request::Request;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::asset::{self, Content, MOST, MOST_PICTURES};
use referral::input;
use referral::instant::Instant;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The longest body with a picture, in bytes: 512 KB in base64, and the words beside it.
pub(crate) const LONGEST: u32 = 720_896;

/// An asset as the API shows it: of `text`, `url`, and `alt` with `url`, `media_type` and `bytes`, what its kind has.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Shown {
    pub(crate) id: String,
    /// `text`, `picture` or `file`.
    pub(crate) kind: String,
    pub(crate) title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) alt: Option<String>,
    /// Where the file or the picture is; null for a picture that came with an import and was not uploaded again.
    pub(crate) url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) media_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) bytes: Option<u64>,
    /// The language; null where it is for all.
    pub(crate) locale: Option<String>,
    /// The group of referrers it is for; null where it is for all.
    pub(crate) group_id: Option<String>,
    pub(crate) created_at: Option<Instant>,
    pub(crate) retired_at: Option<Instant>,
}

/// A picture as it is kept.
#[derive(Serialize, Deserialize)]
pub(crate) struct Picture {
    pub(crate) media: String,
    /// In base64.
    pub(crate) body: String,
}

#[derive(Deserialize)]
struct Row(
    String,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<u64>,
    i64,
    Option<i64>,
    u8,
);

/// Where pictures of this ledger are.
fn pictures(book: &Book, test: bool) -> Result<String, Problem> {
    let isolate = book.isolate()?;
    let mode = if test { "test" } else { "live" };
    Ok(format!("{}/a/{}/{mode}/", isolate.public_origin, book.program()?.facts.uid))
}

/// The ending of a picture's name.
fn ending(media: &str) -> &str {
    media.strip_prefix("image/").unwrap_or_default()
}

fn shown(row: Row, pictures: &str) -> Shown {
    let Row(id, kind, title, body, locale, group_id, sum, media, bytes, created_at, retired_at, there) = row;
    let mut shown = Shown {
        id,
        title,
        locale,
        group_id,
        created_at: Some(Instant::from_ms(created_at)),
        retired_at: retired_at.map(Instant::from_ms),
        bytes,
        ..Shown::default()
    };
    match kind.as_str() {
        "text" => shown.text = Some(body),
        "file" => shown.url = Some(body),
        _ => {
            let media = media.unwrap_or_default();
            let name = sum.filter(|_| there == 1);
            shown.url = name.map(|sum| format!("{pictures}{sum}.{}", ending(&media)));
            (shown.alt, shown.media_type) = (Some(body), Some(media));
        }
    }
    shown.kind = kind;
    shown
}

/// What is in the library now, newest first.
pub(crate) fn all(book: &Book, test: bool) -> Result<Vec<Shown>, Problem> {
    let pictures = pictures(book, test)?;
    let rows: Vec<Row> = book.database.rows(sql!("ledger/assets"), &[(); 0])?;
    Ok(rows.into_iter().map(|row| shown(row, &pictures)).collect())
}

/// What a referrer may share: what is for everybody or for the group they are in now, without pictures that are not there.
pub(crate) fn shown_to(book: &Book, referrer_id: &str, test: bool) -> Result<Vec<Shown>, Problem> {
    let own = group::of(book, referrer_id)?;
    let mut all = all(book, test)?;
    all.retain(|asset| {
        (asset.group_id.is_none() || asset.group_id == own) && (asset.kind == "text" || asset.url.is_some())
    });
    Ok(all)
}

/// `GET /v1/assets`.
pub(crate) fn list(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let mut referrer = None;
    for (name, value) in form_urlencoded::parse(request.query.as_bytes()) {
        if name != "referrer_id" {
            return Err(Problem::field("query", "unknown_field", "takes referrer_id"));
        }
        referrer = Some(value.into_owned());
    }
    let data = match referrer {
        Some(id) => {
            let known: Option<(i64, String)> = book.database.row(super::list::REFERRERS.by_id, &[&id])?;
            known.ok_or_else(Problem::not_found)?;
            shown_to(book, &id, request.meta.test)?
        }
        None => all(book, request.meta.test)?,
    };
    Answer::json(200, &json!({ "data": data, "has_more": false, "next_cursor": null }))
}

fn one(book: &Book, id: &str, test: bool) -> Result<(Shown, Option<String>), Problem> {
    let row: Option<Row> = book.database.row(sql!("ledger/asset_by_id"), &[id])?;
    let row = row.ok_or_else(Problem::not_found)?;
    let sum = row.6.clone();
    Ok((shown(row, &pictures(book, test)?), sum))
}

/// `POST /v1/assets`.
pub(crate) fn create(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let program = book.program()?;
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let facts = &program.facts;
    let new = asset::read(&fields, &facts.destination, &facts.hosts).map_err(Problem::invalid)?;
    if let Some(id) = &new.group_id {
        let group: Option<(i64, String)> = book.database.row(GROUPS.by_id, &[id])?;
        group
            .ok_or_else(|| Problem::field("group_id", "out_of_range.group", "is no group of this program"))?;
    }
    let counts: Option<(u64, u64)> = book.database.row(sql!("ledger/asset_counts"), &[(); 0])?;
    let (there, pictures) = counts.unwrap_or_default();
    let is_picture = matches!(new.content, Content::Picture(..));
    if there >= MOST || (is_picture && pictures >= MOST_PICTURES) {
        return Err(Problem::conflict(
            "assets_full",
            "The library takes 100 pictures and 300 assets in all. Retire some that are no longer used.",
        ));
    }
    let (id, now) = (new_id("ast")?, book.now());
    let mut writes = Writes::default();
    let (mut sum, mut media, mut bytes) = (None, None, None);
    if let Content::Picture(_, picture) = &new.content {
        writes.add(sql!("ledger/picture_insert"), &(&picture.sum, picture.media, &picture.body))?;
        (sum, media, bytes) =
            (Some(picture.sum.clone()), Some(picture.media.to_owned()), Some(picture.bytes as u64));
    }
    let (kind, body) = (new.content.kind(), new.content.body());
    let row = (&id, kind, &new.title, body, &new.locale, &new.group_id, &sum, &media, bytes, now.ms());
    writes.add(sql!("ledger/asset_insert"), &row)?;
    let row = Row(
        id.clone(),
        kind.to_owned(),
        new.title.clone(),
        body.to_owned(),
        new.locale.clone(),
        new.group_id.clone(),
        sum,
        media,
        bytes,
        now.ms(),
        None,
        1,
    );
    let answer = Answer::json(201, &shown(row, &self::pictures(book, request.meta.test)?))?;
    Ok(Decision { answer, writes, audit: Some(("asset.created", id)) })
}

/// `DELETE /v1/assets/{id}`: nobody is shown it any more; a picture that no other asset shows is gone from its address.
pub(crate) fn retire(book: &Book, request: &Request, id: &str) -> Result<Decision, Problem> {
    let (mut asset, sum) = one(book, id, request.meta.test)?;
    if asset.retired_at.is_some() {
        return Ok(Decision::answer(Answer::json(200, &asset)?));
    }
    let now = book.now();
    let mut writes = Writes::default();
    writes.add(sql!("ledger/asset_retire"), &(id, now.ms()))?;
    if let Some(sum) = sum {
        writes.add(sql!("ledger/picture_give_up"), &[sum])?;
    }
    asset.retired_at = Some(now);
    Ok(Decision { answer: Answer::json(200, &asset)?, writes, audit: Some(("asset.retired", id.to_owned())) })
}

/// The picture with this sum; 404 where there is none.
pub(crate) fn picture(book: &Book, sum: &str) -> Result<Answer, Problem> {
    let row: Option<(String, String)> = book.database.row(sql!("ledger/picture_by_sum"), &[sum])?;
    let (media, body) = row.ok_or_else(Problem::not_found)?;
    Answer::json(200, &Picture { media, body })
}
