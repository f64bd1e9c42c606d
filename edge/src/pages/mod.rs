//! Pages for people: the merchant's dashboard, and the page everybody may read of a program. Made here, of facts that the ledger is asked for by the same calls the API
//! answers; whole without script. A map:
//!
//! - [`route`]: raw paths become a closed enum, once.
//! - [`visit`]: who asks, and whether a page of ours sent it.
//! - [`session`]: sign-in, cookies, sign-out.
//! - [`desk`]: questions to a program's ledger in a session's name.
//! - [`frame`]: what is around every page; [`words`]: every word on it.
//! - [`reply`]: the headers every page carries.
//! - [`join`]: what a program offers, for everybody.
//! - [`dashboard`]: the merchant's pages, a file each, their templates in `edge/templates/dashboard`.

mod dashboard;
mod desk;
mod form;
mod frame;
mod join;
mod reply;
mod route;
mod session;
mod visit;
mod words;

use crate::isolate::{Isolate, isolate};
use crate::limit;
use crate::problem::Problem;
use desk::Desk;
use reply::Reply;
use route::{Page, View};
use session::{Operator, Signed};
use std::rc::Rc;
use visit::Visit;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;
use words::Words;

/// Whether a path is one of these pages; whatever is behind them, they answer.
pub(crate) fn are_at(path: &str) -> bool {
    path == "/dashboard" || path.starts_with("/dashboard/") || path.starts_with("/join/")
}

/// Answers a request for a page.
pub(crate) fn answer(request: &web_sys::Request, env: &worker::Env, request_id: String) -> JsValue {
    let isolate = match isolate(env) {
        Ok(isolate) => isolate,
        Err(problem) => return reply::failed(&problem, &Words::preferred("")).respond(false, "", false),
    };
    let visit = Visit::read(request, &isolate, request_id);
    let request = Clone::clone(request);
    let promise = future_to_promise(async move {
        let secure = isolate.is_secure();
        let reply = match reached(&isolate, &visit, &request).await {
            Ok(reply) => reply,
            Err(problem) => refused(&visit, &problem),
        };
        Ok(reply.respond(visit.method == "HEAD", &visit.request_id, secure))
    });
    promise.into()
}

/// A refusal as a page: whoever is not signed in is led to where they can be.
fn refused(visit: &Visit, problem: &Problem) -> Reply {
    if problem.status == 401 {
        return Reply::see("/dashboard/sign-in");
    }
    reply::failed(problem, &Words::preferred(&visit.language))
}

async fn reached(isolate: &Rc<Isolate>, visit: &Visit, request: &web_sys::Request) -> Result<Reply, Problem> {
    if let Some(name) = visit.path.strip_prefix("/join/") {
        return join::show(isolate, visit, name).await;
    }
    let page = Page::parse(&visit.method, &visit.path)?;
    if page.writes() {
        visit.check_origin(isolate)?;
    }
    match page {
        Page::SignInForm => dashboard::sign_in::show(isolate, visit).await,
        Page::SignIn => session::sign_in(isolate, visit, &form::read(visit, request).await?).await,
        Page::SignOut => session::sign_out(isolate, visit).await,
        Page::Programs => {
            Operator::of(isolate, visit).await?;
            dashboard::programs::show(isolate, visit).await
        }
        Page::ProgramOpen => {
            let operator = Operator::of(isolate, visit).await?;
            session::open_program(isolate, visit, &operator, &form::read(visit, request).await?).await
        }
        Page::Home => home(isolate, visit).await,
        Page::In(mode, view) => {
            let signed = Signed::of(isolate, visit).await?;
            if !signed.may(mode) {
                return Err(Problem::not_found());
            }
            let left = limit::spend_session(isolate, &signed.session.id);
            if left.exceeded {
                return Err(limit::exceeded(left));
            }
            let desk = Desk::new(isolate, visit, &signed, mode);
            let form = if view.writes() { form::read(visit, request).await? } else { form::Form::default() };
            within(&desk, view, &form).await
        }
    }
}

/// `/dashboard`: the overview of the program that is open, else where one is opened.
async fn home(isolate: &Rc<Isolate>, visit: &Visit) -> Result<Reply, Problem> {
    match Signed::of(isolate, visit).await {
        Ok(signed) => Ok(Reply::see(&format!("/dashboard/{}", signed.mode.word()))),
        Err(problem) if problem.status == 401 && visit.cookie(session::OPERATOR).is_some() => {
            Ok(Reply::see("/dashboard/programs"))
        }
        Err(problem) => Err(problem),
    }
}

async fn within(desk: &Desk<'_>, view: View, form: &form::Form) -> Result<Reply, Problem> {
    use dashboard::{conversions, disputes, overview, payouts, referrers, review, rewards, settings, terms};
    match view {
        View::Overview => overview::show(desk).await,
        View::Conversions => conversions::list(desk).await,
        View::Conversion(id) => conversions::show(desk, &id).await,
        View::Referrers => referrers::list(desk).await,
        View::Referrer(id) => referrers::show(desk, &id).await,
        View::Review => review::list(desk).await,
        View::FlagDecide(id) => review::decide(desk, &id, form).await,
        View::Disputes => disputes::list(desk).await,
        View::DisputeDecide(id) => disputes::decide(desk, &id, form).await,
        View::Rewards => rewards::list(desk).await,
        View::RewardDecide(id) => rewards::decide(desk, &id, form).await,
        View::Payouts => payouts::list(desk).await,
        View::PayoutCreate => payouts::create(desk, form).await,
        View::Payout(id) => payouts::show(desk, &id).await,
        View::PayoutFile(id, name) => payouts::file(desk, &id, &name).await,
        View::PayoutDecide(id) => payouts::decide(desk, &id, form).await,
        View::Terms => terms::show(desk).await,
        View::TermsPreview => terms::preview(desk, form).await,
        View::TermsSave => terms::save(desk, form).await,
        View::Settings => settings::show(desk).await,
        View::KeyRotate => settings::rotate(desk, form).await,
        View::KeyRevoke(id) => settings::revoke(desk, &id).await,
        View::ProgramChange => settings::change(desk, form).await,
        View::SessionEnd(id) => settings::end_session(desk, &id).await,
        View::Audit => settings::audit(desk).await,
    }
}
