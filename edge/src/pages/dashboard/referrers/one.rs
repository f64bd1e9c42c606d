//! One referrer with everything: numbers, money, codes, group, flags, disputes, payouts, conversions; and what a merchant
//! can do about them.

use super::super::conversions::{self, Row as Conversion};
use super::super::file::Files;
use super::super::settings::groups;
use super::{Choice, Referrer};
use crate::ledger::desk::Wanted;
use crate::pages::desk::Desk;
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use referral::table::{Column, Format, money, text as column};
use serde::Deserialize;
use serde_json::{Value, json};

/// What [`crate::ledger::dossier::answer`] says.
#[derive(Deserialize)]
struct Dossier {
    suspension: Suspension,
    flags: Vec<Value>,
    disputes: Vec<Value>,
    rewards: Vec<Value>,
    payouts: Vec<Line>,
    target: Option<Target>,
    joined: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct Suspension {
    suspended: bool,
    history: Vec<Turn>,
}

#[derive(Deserialize)]
struct Turn {
    state: String,
    cause: String,
    note: Option<String>,
    at: String,
}

#[derive(Deserialize)]
struct Line {
    payout_id: String,
    amount: i64,
    currency: String,
    state: String,
    at: String,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    iban: String,
}

struct Sums {
    pending: String,
    approved: String,
    paid: String,
    held: Option<String>,
}

/// A row of a short list: where it leads, what it is, its state, more about it.
struct Item {
    path: String,
    what: String,
    word: String,
    state: String,
    more: String,
}

/// A short list: the newest of what another page has, and that table as files.
struct Short {
    title: &'static str,
    items: Vec<Item>,
    /// Where all of them are; none where only the files have them.
    all: Option<String>,
    files: Files,
}

#[derive(Template)]
#[template(path = "dashboard/referrer.html")]
struct Page {
    name: String,
    referrer: Referrer,
    joined: String,
    /// When they shared first; no day where that is not known.
    shared: Option<String>,
    joined_to: Option<String>,
    joined_from: Vec<(String, String)>,
    target: Option<Target>,
    numbers: [(&'static str, String); 4],
    sums: Vec<Sums>,
    groups: Vec<Choice>,
    is_suspended: bool,
    /// When, what, and the words that were given for it.
    turns: Vec<(String, String, String)>,
    /// Those that are empty are left out.
    lists: Vec<Short>,
    rows: Vec<Conversion>,
    older: Option<String>,
    is_first: bool,
    own: bool,
    /// Name and e-mail as somebody would have changed them and was refused.
    typed: Option<(String, String)>,
    files: Files,
    frame: Frame,
}

/// The id of a referrer, as it may stand in a path.
fn known(id: &str) -> Result<&str, Problem> {
    let fits = id.starts_with("rfr_") && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if fits { Ok(id) } else { Err(Problem::not_found()) }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

pub(in crate::pages) async fn show(desk: &Desk<'_>, id: &str) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Referrers).await?;
    page(desk, frame, known(id)?, None).await
}

/// The short lists that are not empty.
fn lists(frame: &Frame, id: &str, dossier: &Dossier) -> Vec<Short> {
    let words = &frame.words;
    let about = |id: &str| frame.to(&format!("conversions/{id}"));
    let flag = |flag: &Value| Item {
        path: about(text(flag, "conversion_id")),
        what: words.of("flag", text(flag, "rule")),
        word: if text(flag, "status") == "open" { "doubt" } else { "" }.to_owned(),
        state: words.of("flag.status", text(flag, "status")),
        more: words.day(text(flag, "created_at")),
    };
    let dispute = |dispute: &Value| Item {
        path: frame.to(if dispute.get("decided_at").is_some_and(Value::is_null) {
            "disputes"
        } else {
            "disputes?show=decided"
        }),
        what: text(dispute, "about").to_owned(),
        word: String::new(),
        state: words.of("dispute", text(dispute, "status")),
        more: words.day(text(dispute, "created_at")),
    };
    let reward = |reward: &Value| Item {
        path: about(text(reward, "conversion_id")),
        what: if let Some(perk) = reward.get("perk").and_then(Value::as_str) {
            perk.to_owned()
        } else {
            let amount = reward.get("amount").and_then(Value::as_i64).unwrap_or(0);
            words.money(amount, text(reward, "currency"))
        },
        word: text(reward, "state").to_owned(),
        state: words.of("state", text(reward, "state")),
        more: words.day(text(reward, "created_at")),
    };
    let line = |line: &Line| Item {
        path: frame.to(&format!("payouts/{}", line.payout_id)),
        what: words.money(line.amount, &line.currency),
        word: line.state.clone(),
        state: words.of("line", &line.state),
        more: words.day(&line.at),
    };
    let list = |title: &str, items: Vec<Item>, page: &str, table: &str, choice: &str| {
        let query = format!("?{choice}=all&referrer={id}");
        let all = Some(frame.to(&format!("{page}{query}")));
        Short { title: frame.t(title), items, all, files: Files::new(frame, table, &query) }
    };
    let rewards = dossier.rewards.iter().map(reward).collect();
    let flags = dossier.flags.iter().map(flag).collect();
    let disputes = dossier.disputes.iter().map(dispute).collect();
    let lists = [
        list("referrer.rewards", rewards, "rewards", "rewards", "state"),
        Short {
            title: frame.t("nav.payouts"),
            items: dossier.payouts.iter().map(line).collect(),
            all: None,
            files: Files::new(frame, &format!("referrers/{id}/payouts"), ""),
        },
        list("referrer.flags", flags, "review", "flags", "show"),
        list("nav.disputes", disputes, "disputes", "disputes", "show"),
    ];
    lists.into_iter().filter(|list| !list.items.is_empty()).collect()
}

async fn page(
    desk: &Desk<'_>,
    frame: Frame,
    id: &str,
    typed: Option<(String, String)>,
) -> Result<Reply, Problem> {
    let referrer: Referrer = desk.get(&format!("/v1/referrers/{id}")).await?;
    let dossier: Dossier = desk.inside_text("desk/dossier", id).await?;
    let before = desk.visit.before();
    let wanted = Wanted { before, referrer_id: Some(id.to_owned()), ..Wanted::default() };
    let (rows, next) = conversions::rows(desk, &frame, &wanted).await?;
    let words = &frame.words;
    let number = |key: &str, count: u64| (frame.t(key), words.count(count));
    let sums = referrer.balances.iter().map(|balance| {
        let money = |amount: i64| words.money(amount, &balance.currency);
        Sums {
            pending: money(balance.pending),
            approved: money(balance.approved),
            paid: money(balance.paid),
            held: (balance.held != 0).then(|| money(balance.held)),
        }
    });
    let group = |(id, name): (String, String)| Choice {
        chosen: referrer.group_id.as_ref() == Some(&id),
        word: id,
        label: name,
    };
    let turn = |turn: Turn| {
        let what = format!(
            "{} · {}",
            words.of("suspension", &turn.state),
            words.of("suspension.cause", &turn.cause)
        );
        (words.time(&turn.at), what, turn.note.unwrap_or_default())
    };
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    let path = |id: &str| frame.to(&format!("referrers/{id}"));
    let page = Page {
        name: referrer.named(),
        joined: words.day(&referrer.created_at),
        shared: referrer.shared_at.as_deref().map(|at| words.day(at)),
        joined_to: referrer.joined_to.as_deref().map(path),
        lists: lists(&frame, id, &dossier),
        joined_from: dossier.joined.iter().map(|(id, code)| (path(id), code.clone())).collect(),
        numbers: [
            number("measure.clicks", referrer.clicks),
            number("friends", referrer.friends),
            number("measure.leads", referrer.leads),
            number("measure.sales", referrer.sales),
        ],
        sums: sums.collect(),
        groups: groups::names(desk).await?.into_iter().map(group).collect(),
        is_suspended: dossier.suspension.suspended,
        turns: dossier.suspension.history.into_iter().map(turn).collect(),
        target: dossier.target,
        rows,
        older: next.map(|seq| format!("?before={seq}")),
        is_first: before.is_none(),
        own: true,
        typed,
        files: Files::new(&frame, "conversions", &format!("?referrer={id}")),
        referrer,
        frame,
    };
    Reply::page(status, &page)
}

async fn told(
    desk: &Desk<'_>,
    (id, verb, done): (&str, &str, &str),
    form: &Form,
    body: &Value,
) -> Result<Reply, Problem> {
    let target = format!("/v1/referrers/{}/{verb}", known(id)?);
    match desk.tell::<Value>("POST", &target, form.text("once"), body).await? {
        Ok(_) => {
            let path = format!("/dashboard/{}/referrers/{id}?done={done}", desk.mode.word());
            Ok(Reply::see(&path))
        }
        Err(refusal) => {
            let frame = desk.frame(Section::Referrers).await?.refused(refusal);
            page(desk, frame, id, None).await
        }
    }
}

/// Changes how a referrer is called. A field that is empty stays as it was: whoever is to be forgotten is erased.
pub(in crate::pages) async fn change(desk: &Desk<'_>, id: &str, form: &Form) -> Result<Reply, Problem> {
    let body = json!({ "name": form.text("name"), "email": form.text("email") });
    match desk
        .tell::<Value>("PATCH", &super::super::target("referrers", known(id)?, "")?, form.text("once"), &body)
        .await?
    {
        Ok(_) => Ok(Reply::see(&format!("/dashboard/{}/referrers/{id}?done=changed", desk.mode.word()))),
        Err(refusal) => {
            let names = [("name", desk.words.t("settings.name")), ("email", desk.words.t("fact.email"))];
            let frame = desk.frame(Section::Referrers).await?.refused(refusal.called(&names));
            let typed = |name: &str| form.text(name).unwrap_or_default().to_owned();
            page(desk, frame, id, Some((typed("name"), typed("email")))).await
        }
    }
}

/// Puts a referrer into a group, or takes them out of theirs.
pub(in crate::pages) async fn regroup(desk: &Desk<'_>, id: &str, form: &Form) -> Result<Reply, Problem> {
    told(desk, (id, "group", "grouped"), form, &json!({ "group_id": form.text("group_id") })).await
}

/// Suspends a referrer, or lets them gain again.
pub(in crate::pages) async fn suspend(desk: &Desk<'_>, id: &str, form: &Form) -> Result<Reply, Problem> {
    let decision = form.text("decision").unwrap_or_default();
    let done = if decision == "reinstate" { "reinstated" } else { "suspended" };
    let body = match form.text("note") {
        Some(note) => json!({ "decision": decision, "note": note }),
        None => json!({ "decision": decision }),
    };
    told(desk, (id, "suspension", done), form, &body).await
}

/// A referrer's statement as a file.
pub(in crate::pages) async fn statement(desk: &Desk<'_>, id: &str, format: Format) -> Result<Reply, Problem> {
    let id = known(id)?;
    let body = match format {
        Format::Csv => desk.file(&format!("/v1/referrers/{id}/statement.csv")).await?,
        Format::Json => desk.inside_file("desk/statement", id).await?,
    };
    Ok(Reply::download(format!("{id}-statement.{}", format.ending()), format.media(), body))
}

const PAYOUTS: &[Column] =
    &[column("payout_id"), money("amount"), column("currency"), column("state"), column("at")];

/// Every line of a payout that is a referrer's, as a file.
pub(in crate::pages) async fn payouts(desk: &Desk<'_>, id: &str, format: Format) -> Result<Reply, Problem> {
    let lines: Vec<Value> = desk.inside_text("desk/paid", known(id)?).await?;
    Ok(Reply::download(
        format!("{id}-payouts.{}", format.ending()),
        format.media(),
        format.whole(PAYOUTS, &lines),
    ))
}
