//! Groups of referrers with terms of their own.

use super::super::file::Files;
use super::super::terms::draft::Draft;
use super::super::terms::faults::{self, named};
use super::super::terms::preview::Preview;
use super::super::terms::said;
use crate::ledger::desk::Rows;
use crate::ledger::file::Table;
use crate::pages::desk::{Desk, Refusal};
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use referral::promise::Promise;
use serde::Deserialize;
use serde_json::{Value, json};

/// A group as the API shows it.
#[derive(Clone, Deserialize)]
struct Group {
    id: String,
    name: String,
    terms: Value,
    created_at: String,
}

/// Every group of the program, to choose from: id and name.
pub(in crate::pages::dashboard) async fn names(desk: &Desk<'_>) -> Result<Vec<(String, String)>, Problem> {
    desk.inside("desk/group_names", &()).await
}

struct Row {
    path: String,
    name: String,
    since: String,
    promise: Promise,
}

#[derive(Template)]
#[template(path = "dashboard/groups.html")]
struct List {
    rows: Vec<Row>,
    older: Option<String>,
    is_first: bool,
    name: String,
    files: Files,
    frame: Frame,
}

async fn list_page(desk: &Desk<'_>, frame: Frame, name: String) -> Result<Reply, Problem> {
    let before = desk.visit.before();
    let found: Rows = desk.inside("desk/groups", &before).await?;
    let groups: Vec<Group> = found.rows.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?;
    let row = |group: Group| {
        Some(Row {
            path: frame.to(&format!("settings/groups/{}", group.id)),
            since: frame.words.day(&group.created_at),
            promise: said(&frame, &group.terms)?,
            name: group.name,
        })
    };
    let rows = groups.into_iter().filter_map(row).collect();
    let older = found.next.map(|seq| format!("?before={seq}"));
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    let files = Files::new(&frame, Table::Groups.word(), "");
    Reply::page(status, &List { rows, older, is_first: before.is_none(), name, files, frame })
}

pub(in crate::pages) async fn list(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Settings).await?;
    list_page(desk, frame, String::new()).await
}

/// Terms as a call takes them: without what only an answer has.
fn bare(terms: &Value) -> Value {
    let mut terms = terms.clone();
    if let Some(fields) = terms.as_object_mut() {
        fields.remove("version");
        fields.remove("created_at");
    }
    terms
}

/// Makes a group. It begins with the program's terms.
pub(in crate::pages) async fn create(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let program: Value = desk.get("/v1/program").await?;
    let name = form.text("name").unwrap_or_default();
    let terms = bare(program.get("terms").unwrap_or(&Value::Null));
    let body = json!({ "name": name, "terms": terms });
    match desk.tell::<Group>("POST", "/v1/groups", form.text("once"), &body).await? {
        Ok(group) => {
            let path = format!("/dashboard/{}/settings/groups/{}?done=group", desk.mode.word(), group.id);
            Ok(Reply::see(&path))
        }
        Err(refusal) => {
            let refusal = refusal.called(&[("name", desk.words.t("settings.name"))]);
            let frame = desk.frame(Section::Settings).await?.refused(refusal);
            list_page(desk, frame, name.to_owned()).await
        }
    }
}

#[derive(Template)]
#[template(path = "dashboard/group.html")]
struct One {
    id: String,
    name: String,
    version: u64,
    promise: Promise,
    draft: Draft,
    preview: Option<Preview>,
    frame: Frame,
}

async fn group(desk: &Desk<'_>, id: &str) -> Result<Group, Problem> {
    desk.inside_text("desk/group", id).await
}

fn one(frame: Frame, group: Group, draft: Draft, preview: Option<Preview>) -> Result<Reply, Problem> {
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    let page = One {
        version: group.terms.get("version").and_then(Value::as_u64).unwrap_or(0),
        promise: said(&frame, &group.terms)
            .ok_or_else(|| Problem::internal("stored terms are not readable"))?,
        id: group.id,
        name: group.name,
        draft,
        preview,
        frame,
    };
    Reply::page(status, &page)
}

pub(in crate::pages) async fn show(desk: &Desk<'_>, id: &str) -> Result<Reply, Problem> {
    let group = group(desk, id).await?;
    let frame = desk.frame(Section::Settings).await?;
    let draft = Draft::of(&frame, &group.terms);
    one(frame, group, draft, None)
}

/// Shows what a draft would promise, or, with `save`, makes it the group's terms from now on.
pub(in crate::pages) async fn change(
    desk: &Desk<'_>,
    id: &str,
    form: &Form,
    save: bool,
) -> Result<Reply, Problem> {
    let shown = group(desk, id).await?;
    let frame = desk.frame(Section::Settings).await?;
    let draft = Draft::read(&frame, &shown.terms, form);
    let known = shown.terms.get("version").map(Value::to_string);
    if form.text("version") != known.as_deref() {
        let refusal = Refusal::own(409, frame.t("terms.meanwhile"));
        return one(frame.refused(refusal), shown, draft, None);
    }
    let wanted = match draft.terms(&frame, &shown.terms) {
        Ok(wanted) => wanted,
        Err(faults) => return one(frame.refused(Refusal::of(faults)), shown, draft, None),
    };
    let Some(promise) = said(&frame, &wanted) else {
        let refusal = named(&frame, &draft, &wanted, faults::of(&wanted));
        return one(frame.refused(refusal), shown, draft, None);
    };
    if !save {
        let changed = (&shown.terms, &wanted);
        return match Preview::of(desk, &frame, changed, promise, Some(id)).await? {
            Ok(preview) => one(frame, shown, draft, Some(preview)),
            Err(refusal) => {
                let refusal = named(&frame, &draft, &wanted, refusal);
                one(frame.refused(refusal), shown, draft, None)
            }
        };
    }
    let body = json!({ "terms": bare(&wanted), "version": shown.terms.get("version") });
    let target = super::super::target("groups", id, "terms")?;
    match desk.tell::<Value>("POST", &target, form.text("once"), &body).await? {
        Ok(_) => Ok(Reply::see(&frame.to(&format!("settings/groups/{id}?done=terms")))),
        Err(refusal) => {
            // Read again: they may be others than a moment ago.
            let shown = group(desk, id).await?;
            let draft = Draft::read(&frame, &shown.terms, form);
            let refusal = named(&frame, &draft, &wanted, refusal);
            one(frame.refused(refusal), shown, draft, None)
        }
    }
}
