//! The operator's list of programs, and where the operator is signed in.

use crate::directory::client::{self, PROGRAMS};
use crate::directory::session::Listed;
use crate::isolate::Isolate;
use crate::pages::frame::Assets;
use crate::pages::reply::Reply;
use crate::pages::session::Operator;
use crate::pages::visit::Visit;
use crate::pages::words::Words;
use crate::platform;
use crate::problem::Problem;
use askama::Template;
use referral::facts::ProgramFacts;
use referral::instant::Instant;

struct SessionRow {
    id: String,
    browser: String,
    began: String,
    seen: String,
    is_own: bool,
}

#[derive(Template)]
#[template(path = "dashboard/programs.html")]
struct Page {
    words: Words,
    assets: Assets,
    notice: Option<&'static str>,
    programs: Vec<ProgramFacts>,
    next: Option<String>,
    sessions: Vec<SessionRow>,
    /// There are others than the one that asks.
    has_others: bool,
}

/// A page of the list, in the order of their uids.
pub(in crate::pages) async fn show(
    isolate: &Isolate,
    visit: &Visit,
    operator: &Operator,
) -> Result<Reply, Problem> {
    let words = Words::preferred(&visit.language);
    let after = visit.asked("after").unwrap_or_default();
    let programs = client::programs(isolate, &after).await?;
    let next = programs.last().filter(|_| programs.len() == PROGRAMS).map(|facts| facts.uid.clone());
    let sessions = client::sessions(isolate, &isolate.operator_hash()).await?;
    let now = Instant::from_ms(platform::now_ms());
    let row = |listed: &Listed| SessionRow {
        id: listed.id.clone(),
        browser: words.browser(&listed.browser),
        began: words.with("programs.session.began", &words.ago(listed.created_at, now)),
        seen: words.with("programs.session.seen", &words.ago(listed.seen_at, now)),
        is_own: operator.session() == Some(listed.id.as_str()),
    };
    let sessions: Vec<SessionRow> = sessions.iter().map(row).collect();
    let page = Page {
        assets: Assets,
        notice: visit.asked("done").and_then(|word| words.known("done", &word)),
        programs,
        next,
        has_others: sessions.iter().any(|session| !session.is_own),
        sessions,
        words,
    };
    Reply::page(200, &page)
}

/// Ends one of the operator's sessions.
pub(in crate::pages) async fn end_session(isolate: &Isolate, id: &str) -> Result<Reply, Problem> {
    client::end_session(isolate, id).await?;
    Ok(Reply::see("/dashboard/programs?done=session_ended"))
}

/// Ends all of the operator's sessions but the one that asks.
pub(in crate::pages) async fn end_other_sessions(
    isolate: &Isolate,
    operator: &Operator,
) -> Result<Reply, Problem> {
    client::end_other_sessions(isolate, operator.session().unwrap_or_default()).await?;
    Ok(Reply::see("/dashboard/programs?done=sessions_ended"))
}
