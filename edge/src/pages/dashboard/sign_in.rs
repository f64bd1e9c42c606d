//! Where a key is given for a session.

use crate::isolate::Isolate;
use crate::pages::frame::Assets;
use crate::pages::reply::Reply;
use crate::pages::session::{self, Signed};
use crate::pages::visit::Visit;
use crate::pages::words::Words;
use crate::problem::Problem;
use askama::Template;

#[derive(Template)]
#[template(path = "dashboard/sign_in.html")]
struct Page {
    words: Words,
    assets: Assets,
    notice: Option<&'static str>,
    fault: Option<&'static str>,
}

/// The form; whoever is signed in needs none.
pub(in crate::pages) async fn show(isolate: &Isolate, visit: &Visit) -> Result<Reply, Problem> {
    if visit.cookie(session::PROGRAM).is_some() && Signed::of(isolate, visit).await.is_ok() {
        return Ok(Reply::see("/dashboard"));
    }
    // Whom Cloudflare Access lets in needs no form, but is told that they have just left.
    if visit.asked("done").is_none() && session::Operator::of(isolate, visit).await.is_ok() {
        return Ok(Reply::see("/dashboard/programs"));
    }
    let words = Words::preferred(&visit.language);
    let notice = visit.asked("done").and_then(|word| words.known("done", &word));
    Reply::page(200, &Page { words, assets: Assets, notice, fault: None })
}

/// The form again, with what was wrong. What was typed is not sent back.
pub(in crate::pages) fn refused(visit: &Visit, status: u16, fault: &str) -> Result<Reply, Problem> {
    let words = Words::preferred(&visit.language);
    let fault = Some(words.t(fault));
    Reply::page(status, &Page { words, assets: Assets, notice: None, fault })
}
