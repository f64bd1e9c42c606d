//! Referrers: the list with its search, filters and orders; each one is in [`one`].

pub(in crate::pages) mod one;

use super::file::Files;
use super::settings::groups;
use crate::click_shard;
use crate::ledger::desk::Rows;
use crate::ledger::dossier::{self, Fits};
use crate::pages::desk::Desk;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;

/// A referrer as the API shows it.
#[derive(Deserialize)]
struct Referrer {
    id: String,
    code: String,
    further_codes: Vec<String>,
    external_id: Option<String>,
    joined_to: Option<String>,
    email: Option<String>,
    name: Option<String>,
    created_at: String,
    shared_at: Option<String>,
    friends: u64,
    leads: u64,
    sales: u64,
    balances: Vec<Balance>,
    #[serde(default)]
    link: String,
    #[serde(default)]
    clicks: u64,
    #[serde(default)]
    group_id: Option<String>,
}

#[derive(Clone, Deserialize)]
struct Balance {
    currency: String,
    pending: i64,
    approved: i64,
    paid: i64,
    held: i64,
}

struct Row {
    path: String,
    name: String,
    sub: String,
    joined: String,
    joined_at: String,
    clicks: String,
    leads: String,
    sales: String,
    /// Pending, held and approved: what was earned and not paid yet.
    owed: String,
}

impl Referrer {
    fn named(&self) -> String {
        let known = [&self.name, &self.email, &self.external_id].into_iter().flatten().next();
        known.cloned().unwrap_or_else(|| self.code.clone())
    }

    fn owed(&self, frame: &Frame) -> String {
        let sums = self.balances.iter().filter_map(|balance| {
            let owed = balance.pending + balance.approved + balance.held;
            (owed != 0).then(|| frame.words.money(owed, &balance.currency))
        });
        sums.collect::<Vec<_>>().join(", ")
    }

    fn row(&self, frame: &Frame) -> Row {
        let name = self.named();
        Row {
            path: frame.to(&format!("referrers/{}", self.id)),
            sub: if name == self.code { String::new() } else { self.code.clone() },
            name,
            joined: frame.words.day(&self.created_at),
            joined_at: self.created_at.clone(),
            clicks: frame.words.count(self.clicks),
            leads: frame.words.count(self.leads),
            sales: frame.words.count(self.sales),
            owed: self.owed(frame),
        }
    }
}

/// One thing to choose in a list.
struct Choice {
    word: String,
    label: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "dashboard/referrers.html")]
struct Page {
    search: String,
    states: Vec<Choice>,
    sorts: Vec<Choice>,
    groups: Vec<Choice>,
    rows: Vec<Row>,
    older: Option<String>,
    is_first: bool,
    /// In the order of what they brought: what follows is less, not older.
    sort: Option<String>,
    filtered: bool,
    /// Only those who joined and are not known to have shared are asked for.
    unshared: bool,
    query: String,
    files: Files,
    frame: Frame,
}

const STATES: [&str; 4] = ["unshared", "nothing", "anonymous", "suspended"];
const SORTS: [&str; 2] = ["sold", "granted"];

/// Reads the list's filter; what nobody could have chosen counts as not chosen.
pub(super) fn filter(asked: impl Fn(&str) -> Option<String>) -> Fits {
    let known = |name: &str, words: &[&str]| asked(name).filter(|word| words.contains(&word.as_str()));
    Fits {
        q: asked("q").map(|text| text.chars().take(100).collect()),
        group: asked("group").filter(|id| id.starts_with("grp_")),
        state: known("state", &STATES),
        sort: known("sort", &SORTS),
        before: asked("before").and_then(|text| text.parse().ok()),
        at: asked("at").and_then(|text| text.parse().ok()),
    }
}

/// A filter as a query, without its place in the list.
fn query(fits: &Fits) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let fields = [("q", &fits.q), ("group", &fits.group), ("state", &fits.state), ("sort", &fits.sort)];
    for (name, value) in fields {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    query.finish()
}

/// Every code whose clicks count for a referrer: none for those who are joined to another.
fn codes(referrer: &Referrer) -> impl Iterator<Item = &String> {
    let own = std::iter::once(&referrer.code).chain(&referrer.further_codes);
    own.filter(|_| referrer.joined_to.is_none())
}

/// Reads rows of the ledger, and adds what was clicked.
async fn read(desk: &Desk<'_>, rows: Vec<Value>) -> Result<Vec<Referrer>, Problem> {
    let mut found: Vec<Referrer> = rows.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?;
    let all: Vec<String> = found.iter().flat_map(codes).cloned().collect();
    let (uid, mode) = (&desk.signed.uid, desk.mode.word());
    let clicks: HashMap<String, u64> = click_shard::client::counts(desk.isolate, uid, mode, &all).await?;
    for referrer in &mut found {
        referrer.clicks = codes(referrer).filter_map(|code| clicks.get(code)).sum();
    }
    Ok(found)
}

pub(in crate::pages) async fn list(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Referrers).await?;
    let fits = filter(|name| desk.visit.asked(name));
    let found: Rows = desk.inside("desk/referrers", &fits).await?;
    let at = found.rows.last().and_then(dossier::ranked).map(|at| format!("&at={at}")).unwrap_or_default();
    let referrers = read(desk, found.rows).await?;
    let query = query(&fits);
    let words = |group: &str, words: &[&str], chosen: &Option<String>| -> Vec<Choice> {
        let choice = |word: &&str| Choice {
            word: (*word).to_owned(),
            label: frame.words.of(group, word),
            chosen: chosen.as_deref() == Some(*word),
        };
        words.iter().map(choice).collect()
    };
    let group = |(id, name): (String, String)| Choice {
        chosen: fits.group.as_ref() == Some(&id),
        word: id,
        label: name,
    };
    let page = Page {
        rows: referrers.iter().map(|referrer| referrer.row(&frame)).collect(),
        states: words("referrers.state", &STATES, &fits.state),
        sorts: words("referrers.sort", &SORTS, &fits.sort),
        groups: groups::names(desk).await?.into_iter().map(group).collect(),
        older: found.next.map(|seq| format!("?{query}&before={seq}{at}")),
        is_first: fits.before.is_none(),
        sort: fits.sort.clone(),
        filtered: !query.is_empty(),
        unshared: fits == Fits { state: Some("unshared".to_owned()), ..Fits::default() },
        files: Files::new(
            &frame,
            "referrers",
            &if query.is_empty() { String::new() } else { format!("?{query}") },
        ),
        search: fits.q.unwrap_or_default(),
        query,
        frame,
    };
    Reply::page(200, &page)
}
