//! The operator's list of programs.

use crate::directory::client::{self, PROGRAMS};
use crate::isolate::Isolate;
use crate::pages::frame::Assets;
use crate::pages::reply::Reply;
use crate::pages::visit::Visit;
use crate::pages::words::Words;
use crate::problem::Problem;
use askama::Template;
use referral::facts::ProgramFacts;

#[derive(Template)]
#[template(path = "dashboard/programs.html")]
struct Page {
    words: Words,
    assets: Assets,
    programs: Vec<ProgramFacts>,
    next: Option<String>,
}

/// A page of the list, in the order of their uids.
pub(in crate::pages) async fn show(isolate: &Isolate, visit: &Visit) -> Result<Reply, Problem> {
    let after = visit.asked("after").unwrap_or_default();
    let programs = client::programs(isolate, &after).await?;
    let next = programs.last().filter(|_| programs.len() == PROGRAMS).map(|facts| facts.uid.clone());
    Reply::page(200, &Page { words: Words::preferred(&visit.language), assets: Assets, programs, next })
}
