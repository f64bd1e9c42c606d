//! A referrer's own pages, `/p/{program}`: what came of their links, with the reasons, in the same truth as the dashboard and
//! the API. A map:
//!
//! - [`route`]: raw paths become a closed enum, once.
//! - [`door`]: the way in from the panel, sessions and cookies.
//! - [`seat`]: questions to the ledger in a referrer's name; [`frame`]: what is around every page.
//! - [`home`] (link, numbers), [`conversions`] with [`timeline`] and [`why`], [`rewards`] with [`statement`], [`disputes`],
//!   [`terms`], [`profile`], [`leave`]; [`file`] has the lists to keep.

mod assets;
mod conversions;
mod disputes;
mod door;
mod file;
mod frame;
mod home;
mod leave;
mod profile;
mod rewards;
mod route;
mod seat;
mod statement;
mod terms;
mod timeline;
mod why;

use super::form::{self, Form};
use super::language;
use super::reply::Reply;
use super::visit::Visit;
use crate::isolate::Isolate;
use crate::limit;
use crate::problem::Problem;
use door::Signed;
use route::Page;
use seat::Seat;
use std::rc::Rc;

/// The page at a path below `/p/` or, where only forms lead there, the nearest one above it.
pub(super) fn at_or_above(path: &str) -> &str {
    let mut page = path;
    while page.strip_prefix("/p/").is_some_and(|rest| Page::parse("GET", rest).is_err()) {
        page = page.rsplit_once('/').map_or("", |(above, _)| above);
    }
    page
}

/// Answers a request below `/p/`.
pub(super) async fn answer(
    isolate: &Rc<Isolate>,
    visit: &Visit,
    request: &web_sys::Request,
    path: &str,
) -> Result<Reply, Problem> {
    let (name, page) = Page::parse(&visit.method, path)?;
    let sends = visit.method == "POST";
    if sends {
        visit.check_origin(isolate)?;
    }
    let program = super::join::known(isolate, name).await?;
    let form = if sends { form::read(visit, request).await? } else { Form::default() };
    match page {
        Page::EnterForm => return door::show(isolate, visit, &program).await,
        Page::Enter => return door::enter(isolate, visit, &program, &form).await,
        Page::Goodbye => return door::goodbye(visit, &program),
        Page::Language => {
            return language::choose_for_now(isolate, visit, &form, &program.facts.slug);
        }
        _ => {}
    }
    let Some(signed) = Signed::of(isolate, visit, &program).await? else {
        if let Some(left) = limit::spend_portal(isolate, &visit.address).filter(|left| left.exceeded) {
            return Err(limit::exceeded(left));
        }
        return match page {
            Page::Home => door::closed(visit, &program),
            _ => Ok(Reply::see(&format!("/p/{}", program.facts.slug))),
        };
    };
    let left = limit::spend_session(isolate, &signed.entered.id);
    if left.exceeded {
        return Err(limit::exceeded(left));
    }
    if page == Page::Close {
        return door::close(isolate, visit, &program).await;
    }
    let seat = Seat::new(isolate, visit, &signed, &program);
    within(&seat, page, &form).await
}

async fn within(seat: &Seat<'_>, page: Page, form: &Form) -> Result<Reply, Problem> {
    match page {
        Page::Home => home::show(seat).await,
        Page::Picture => home::picture(seat).await,
        Page::Conversions => conversions::list(seat).await,
        Page::Conversion(id) => conversions::show(seat, &id).await,
        Page::WhyForm => why::show(seat).await,
        Page::Why => why::ask(seat, form).await,
        Page::Rewards => rewards::list(seat).await,
        Page::Statement => statement::show(seat).await,
        Page::StatementFile(format) => statement::file(seat, format).await,
        Page::Disputes => disputes::list(seat).await,
        Page::DisputeOpen => disputes::open(seat, form).await,
        Page::Dispute(id) => disputes::show(seat, &id).await,
        Page::DisputeMessage(id) => disputes::say(seat, &id, form).await,
        Page::DisputeWithdraw(id) => disputes::withdraw(seat, &id, form).await,
        Page::File(list, format) => file::show(seat, list, format).await,
        Page::Short(list, format) => file::at_once(seat, list, format).await,
        Page::Assets => assets::show(seat).await,
        Page::Terms => terms::show(seat).await,
        Page::TermsAccept => terms::accept(seat, form).await,
        Page::Profile => profile::show(seat).await,
        Page::ProfileChange => profile::change(seat, form).await,
        Page::TargetChange => profile::change_target(seat, form).await,
        Page::SessionEnd(id) => profile::end_session(seat, &id).await,
        Page::Export => profile::export(seat).await,
        Page::Shared => assets::shared(seat).await,
        Page::LeaveForm => leave::show(seat).await,
        Page::Leave => leave::leave(seat, form).await,
        Page::EnterForm | Page::Enter | Page::Goodbye | Page::Language | Page::Close => {
            Err(Problem::not_found())
        }
    }
}

/// The path of a call about one thing. An id that is none of ours is asked for nowhere.
fn target(list: &str, id: &str, verb: &str) -> Result<String, Problem> {
    super::dashboard::target(list, id, verb)
}
