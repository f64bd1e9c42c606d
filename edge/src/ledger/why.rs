//! `GET /v1/why?order_id=|customer_id=|code=`: why somebody is credited, or why not. A referrer learns what concerns their
//! own links; of everything else the answer is the same, there or not.

use super::book::Book;
use super::promise;
use super::request::Request;
use super::trace::{self, Reader};
use crate::answer::Answer;
use crate::click_shard;
use crate::problem::Problem;
use crate::sql::sql;
use referral::code::Code;
use referral::promise::Locale;
use referral::story::{self, Credit, Story};
use serde_json::{Value, json};

/// Most stories of one answer.
const MOST: usize = 20;

/// What is asked about.
enum Asked {
    Order(String),
    Customer(String),
    Code(String),
}

impl Asked {
    fn read(request: &Request) -> Result<(Self, Locale), Problem> {
        let one = || {
            Problem::field(
                "query",
                "unknown_field",
                "takes exactly one of order_id, customer_id and code, and locale",
            )
        };
        let (mut asked, mut locale) = (None, None);
        for (name, value) in referral::query::fields(&request.query) {
            if name == "locale" {
                locale = Some(value);
                continue;
            }
            let fits = (1..=200).contains(&value.chars().count()) && !value.chars().any(char::is_control);
            let this = match name.as_str() {
                "order_id" => Self::Order(value),
                "customer_id" => Self::Customer(value),
                "code" => Self::Code(value),
                _ => return Err(one()),
            };
            if !fits {
                return Err(Problem::field(
                    this.field(),
                    "out_of_range.length",
                    "must be 1 to 200 characters",
                ));
            }
            if asked.replace(this).is_some() {
                return Err(one());
            }
        }
        let locale = promise::locale_named(locale.as_deref(), request)?;
        Ok((asked.ok_or_else(one)?, locale))
    }

    const fn field(&self) -> &'static str {
        match self {
            Self::Order(_) => "order_id",
            Self::Customer(_) => "customer_id",
            Self::Code(_) => "code",
        }
    }

    fn value(&self) -> &str {
        match self {
            Self::Order(value) | Self::Customer(value) | Self::Code(value) => value,
        }
    }
}

/// What was found.
struct Found {
    answer: story::Answer,
    clicks: Option<u64>,
    stories: Vec<Story>,
}

impl Found {
    fn nothing(answer: story::Answer) -> Self {
        Self { answer, clicks: None, stories: Vec::new() }
    }

    /// The stories, or what is said where there is none.
    fn or(stories: Vec<Story>, otherwise: story::Answer) -> Self {
        let answer = if stories.is_empty() { otherwise } else { story::Answer::Told };
        Self { answer, clicks: None, stories }
    }
}

pub(crate) async fn show(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let (asked, locale) = Asked::read(request)?;
    let reader = Reader::of(book, request)?;
    let found = match &asked {
        Asked::Order(order_id) => order(book, &reader, order_id)?,
        Asked::Customer(customer_id) => customer(book, &reader, customer_id)?,
        Asked::Code(code) => self::code(book, request, &reader, code).await?,
    };
    let conversions: Vec<Value> =
        found.stories.iter().map(|story| trace::shown(story, locale)).collect::<Result<_, _>>()?;
    let sentences: Vec<String> = found.answer.sentence(locale).into_iter().collect();
    Answer::json(
        200,
        &json!({
            "asked": { asked.field(): asked.value() },
            "answer": found.answer.word(),
            "clicks": found.clicks,
            "words": { "locale": locale.tag(), "sentences": sentences },
            "conversions": conversions,
        }),
    )
}

/// What is said of what is not there, or is no business of theirs.
const fn nothing(reader: &Reader) -> story::Answer {
    match reader {
        Reader::Merchant => story::Answer::NotTold,
        Reader::Referrer(_) => story::Answer::Unknown,
    }
}

fn order(book: &Book, reader: &Reader, order_id: &str) -> Result<Found, Problem> {
    let id: Option<(String,)> = book.database.row(sql!("ledger/conversion_of_order"), &[order_id])?;
    let story = match id {
        Some((id,)) => trace::stored(book, &id)?,
        None => None,
    };
    Ok(Found::or(story.and_then(|story| reader.reads(story)).into_iter().collect(), nothing(reader)))
}

fn customer(book: &Book, reader: &Reader, customer_id: &str) -> Result<Found, Problem> {
    let ids: Vec<String> = match reader {
        Reader::Merchant => {
            let ids: Vec<(String,)> =
                book.database.rows(sql!("ledger/conversions_of_customer"), &[customer_id])?;
            ids.into_iter().map(|(id,)| id).collect()
        }
        Reader::Referrer(mine) => {
            let ids = conversions_of(book, mine)?.into_iter();
            ids.filter(|(_, customer)| customer == customer_id).map(|(id, _)| id).collect()
        }
    };
    let stories = stories(book, reader, &ids)?;
    if stories.is_empty() && matches!(reader, Reader::Merchant) {
        let claims: Option<(u64,)> = book.database.row(sql!("ledger/claims_of_customer"), &[customer_id])?;
        if claims.is_some_and(|(claims,)| claims > 0) {
            return Ok(Found::nothing(story::Answer::ClaimedOnly));
        }
    }
    Ok(Found::or(stories, nothing(reader)))
}

/// Conversions that concern a referrer, newest first: id and customer.
fn conversions_of(book: &Book, mine: &[String]) -> Result<Vec<(String, String)>, Problem> {
    let mut rows: Vec<(i64, String, String)> = Vec::new();
    for id in mine {
        let some: Vec<(i64, String, String)> =
            book.database.rows(sql!("ledger/conversions_of_referrer"), &[id])?;
        rows.extend(some);
    }
    rows.sort_by_key(|(seq, ..)| std::cmp::Reverse(*seq));
    rows.dedup_by_key(|(seq, ..)| *seq);
    Ok(rows.into_iter().map(|(_, id, customer)| (id, customer)).collect())
}

fn stories(book: &Book, reader: &Reader, ids: &[String]) -> Result<Vec<Story>, Problem> {
    let mut stories = Vec::new();
    for id in ids {
        stories.extend(trace::stored(book, id)?.and_then(|story| reader.reads(story)));
        if stories.len() == MOST {
            break;
        }
    }
    Ok(stories)
}

async fn code(book: &Book, request: &Request, reader: &Reader, text: &str) -> Result<Found, Problem> {
    // That a text can be no code is no secret.
    let Ok(code) = Code::parse(text) else { return Ok(Found::nothing(story::Answer::CodeMalformed)) };
    let owner: Option<(String,)> = book.database.row(sql!("ledger/referrer_by_code"), &[code.as_str()])?;
    let owners = match (reader, owner) {
        (Reader::Merchant, None) => return Ok(Found::nothing(story::Answer::CodeUnknown)),
        (Reader::Merchant, Some((id,))) => {
            let family: Vec<(String,)> = book.database.rows(sql!("ledger/referrer_exists"), &[&id])?;
            family.into_iter().map(|(id,)| id).collect()
        }
        (Reader::Referrer(mine), Some((id,))) if mine.contains(&id) => mine.clone(),
        (Reader::Referrer(_), _) => return Ok(Found::nothing(story::Answer::Unknown)),
    };
    let mut told = Vec::new();
    for (id, _) in conversions_of(book, &owners)? {
        let Some(story) = trace::stored(book, &id)? else { continue };
        if is_over(&story, code.as_str()) {
            told.extend(reader.reads(story));
        }
        if told.len() == MOST {
            break;
        }
    }
    let isolate = book.isolate()?;
    let codes = [code.as_str().to_owned()];
    let counts =
        click_shard::client::counts(isolate.as_ref(), &request.meta.uid, request.meta.mode(), &codes).await?;
    let clicks = counts.values().sum();
    let otherwise = if clicks == 0 { story::Answer::NoClicks } else { story::Answer::ClicksOnly(clicks) };
    Ok(Found { clicks: Some(clicks), ..Found::or(told, otherwise) })
}

/// Whether a code took part in it.
fn is_over(story: &Story, code: &str) -> bool {
    let credited = matches!(&story.attribution, Credit::Attributed { code: winner, .. } if winner == code);
    credited || story.touches.iter().any(|touch| touch.code.as_deref() == Some(code))
}
