//! Pages for people: the merchant's dashboard, a referrer's own pages, and the page everybody may read of a program. Made here, of facts that the ledger is asked for by the same calls the API
//! answers; whole without script. A map:
//!
//! - [`route`]: raw paths become a closed enum, once.
//! - [`visit`]: who asks, and whether a page of ours sent it.
//! - [`session`]: sign-in, cookies, sign-out.
//! - [`caller`]: questions to a program's ledger in somebody's name; [`desk`]: the merchant's.
//! - [`refusal`]: why something was not done, in the words of the page.
//! - [`frame`]: what is around every page; [`words`]: every word on it; [`language`]: the choice of them.
//! - [`moments`]: what happened around a conversion, in order; [`chart`]: values over time; [`form`]: what was filled in.
//! - [`reply`]: the headers every page carries.
//! - [`live`]: whether something changed, for pages that are open.
//! - [`join`]: what a program offers, for everybody.
//! - [`portal`]: a referrer's own pages, their templates in `edge/templates/portal`.
//! - [`dashboard`]: the merchant's pages, a file each, their templates in `edge/templates/dashboard`.

mod asset_card;
mod caller;
mod chart;
mod choice;
mod country;
mod dashboard;
mod desk;
mod form;
mod frame;
mod join;
mod language;
mod live;
mod moments;
mod panel_words;
mod portal;
mod refusal;
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
pub(crate) use words::Words;

/// Whether a path is one of these pages; whatever is behind them, they answer.
pub(crate) fn are_at(path: &str) -> bool {
    path == "/dashboard"
        || path.starts_with("/dashboard/")
        || path.starts_with("/join/")
        || path.starts_with("/p/")
}

/// Answers a request for a page.
pub(crate) fn answer(request: &web_sys::Request, env: &worker::Env, request_id: String) -> JsValue {
    let isolate = match isolate(env) {
        Ok(isolate) => isolate,
        Err(problem) => {
            let words = Words::preferred("");
            return reply::failed(&problem, &words, "", "?").respond(false, "", false, words.tag());
        }
    };
    let visit = Visit::read(request, &isolate, request_id);
    let request = Clone::clone(request);
    let promise = future_to_promise(async move {
        let secure = isolate.is_secure();
        let reply = match reached(&isolate, &visit, &request).await {
            Ok(reply) => reply,
            Err(problem) => refused(&visit, &problem),
        };
        let reply = visit.given().into_iter().fold(reply, Reply::with_cookie);
        let language = Words::preferred(&visit.language);
        Ok(reply.respond(visit.method == "HEAD", &visit.request_id, secure, language.tag()))
    });
    promise.into()
}

/// A refusal as a page: whoever is not signed in is led to where they can be.
fn refused(visit: &Visit, problem: &Problem) -> Reply {
    if problem.status == 401 && !visit.path.starts_with("/p/") {
        return Reply::see("/dashboard/sign-in");
    }
    reply::failed(problem, &Words::preferred(&visit.language), &visit.path, &visit.asked_besides())
}

async fn reached(isolate: &Rc<Isolate>, visit: &Visit, request: &web_sys::Request) -> Result<Reply, Problem> {
    if let Some(name) = visit.path.strip_prefix("/join/") {
        return join::show(isolate, visit, name).await;
    }
    if let Some(path) = visit.path.strip_prefix("/p/") {
        return portal::answer(isolate, visit, request, path).await;
    }
    if let Some(page) = Page::of_form(&visit.method, &visit.path) {
        return Ok(Reply::see(&visit.at_page(page)));
    }
    let page = Page::parse(&visit.method, &visit.path)?;
    let sends = visit.method == "POST";
    if sends {
        visit.check_origin(isolate)?;
    }
    match page {
        Page::SignInForm => dashboard::sign_in::show(isolate, visit).await,
        Page::SignIn => session::sign_in(isolate, visit, &form::read(visit, request).await?).await,
        Page::SignOut => session::sign_out(isolate, visit).await,
        Page::Language => language::choose(isolate, visit, &form::read(visit, request).await?),
        Page::Programs => {
            let operator = Operator::of(isolate, visit).await?;
            dashboard::programs::show(isolate, visit, &operator).await
        }
        Page::OperatorSessionEnd(id) => {
            Operator::of(isolate, visit).await?;
            dashboard::programs::end_session(isolate, &id).await
        }
        Page::OperatorSessionsEnd => {
            let operator = Operator::of(isolate, visit).await?;
            dashboard::programs::end_other_sessions(isolate, &operator).await
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
            let form = match (sends, view.upload()) {
                (true, Some(upload)) => form::read_with(upload, visit, request).await?,
                (true, None) => form::read(visit, request).await?,
                (false, _) => form::Form::default(),
            };
            within(&desk, view, &form).await
        }
    }
}

/// `/dashboard`: the overview of the program that is open, else where one is opened.
async fn home(isolate: &Rc<Isolate>, visit: &Visit) -> Result<Reply, Problem> {
    match Signed::of(isolate, visit).await {
        Ok(signed) => Ok(Reply::see(&format!("/dashboard/{}", signed.mode.word()))),
        Err(problem)
            if problem.status == 401
                && (visit.cookie(session::OPERATOR).is_some() || !visit.assertion.is_empty()) =>
        {
            Ok(Reply::see("/dashboard/programs"))
        }
        Err(problem) => Err(problem),
    }
}

async fn within(desk: &Desk<'_>, view: View, form: &form::Form) -> Result<Reply, Problem> {
    use dashboard::{
        conversions, disputes, file, links, look, overview, payouts, readiness, referrers, review, rewards,
        roster, settings, short, terms,
    };
    match view {
        View::Overview => overview::show(desk).await,
        View::Live => live::answer(desk).await,
        View::Conversions => conversions::list(desk).await,
        View::Conversion(id) => conversions::show(desk, &id).await,
        View::Referrers => referrers::list(desk).await,
        View::Referrer(id) => referrers::one::show(desk, &id).await,
        View::Roster => roster::show(desk).await,
        View::RosterSend => roster::send(desk, form).await,
        View::Review => review::list(desk).await,
        View::FlagDecide(id) => review::decide(desk, &id, form).await,
        View::FlagNote(id) => review::note(desk, &id, form).await,
        View::FlagsPreview => review::bulk::preview(desk, form).await,
        View::FlagsDecide => review::bulk::decide(desk, form).await,
        View::Disputes => disputes::list(desk).await,
        View::DisputeDecide(id) => disputes::decide(desk, &id, form).await,
        View::Rewards => rewards::list(desk).await,
        View::RewardDecide(id) => rewards::decide(desk, &id, form).await,
        View::Payouts => payouts::list(desk).await,
        View::PayoutCreate => payouts::create(desk, form).await,
        View::Payout(id) => payouts::show(desk, &id).await,
        View::PayoutFile(id, name) => payouts::file_of(desk, &id, &name).await,
        View::PayoutDecide(id) => payouts::decide(desk, &id, form).await,
        View::Look => look::show(desk).await,
        View::LookTexts => look::texts(desk, form).await,
        View::LookShare => look::share(desk, form).await,
        View::LookTheme => look::save_theme(desk, form).await,
        View::LookPanel => look::theme::panel(desk).await,
        View::LookStyle => Ok(look::theme::style(desk)),
        View::Links => links::show(desk).await,
        View::LinkPicture => links::picture(desk).await,
        View::LinkReferrer => links::add_referrer(desk, form).await,
        View::AssetCreate => links::add(desk, form).await,
        View::AssetRetire(id) => links::retire(desk, &id).await,
        View::Readiness => readiness::show(desk).await,
        View::ReadinessSay(point) => readiness::say(desk, &point, form).await,
        View::Trial => overview::trial(desk, form).await,
        View::Terms => terms::show(desk).await,
        View::TermsPreview => terms::preview(desk, form).await,
        View::TermsSave => terms::save(desk, form).await,
        View::Settings => settings::show(desk).await,
        View::KeyRotate => settings::rotate(desk, form).await,
        View::KeyRevoke(id) => settings::revoke(desk, &id).await,
        View::ProgramChange => settings::change(desk, form).await,
        View::SessionEnd(id) => settings::end_session(desk, &id).await,
        View::Audit => settings::audit::show(desk).await,
        View::Fraud => settings::fraud::show(desk).await,
        View::FraudPreview => settings::fraud::preview(desk, form).await,
        View::FraudSave => settings::fraud::save(desk, form).await,
        View::Groups => settings::groups::list(desk).await,
        View::GroupCreate => settings::groups::create(desk, form).await,
        View::Group(id) => settings::groups::show(desk, &id).await,
        View::GroupPreview(id) => settings::groups::change(desk, &id, form, false).await,
        View::GroupSave(id) => settings::groups::change(desk, &id, form, true).await,
        View::Calendar => settings::calendar::show(desk).await,
        View::CalendarSave => settings::calendar::save(desk, form).await,
        View::Data => settings::data::show(desk).await,
        View::Erase => settings::data::erase(desk, form).await,
        View::Retain => settings::retention::change(desk, form).await,
        View::SubjectExport => settings::data::subject_export(desk, form).await,
        View::Export => settings::data::export(desk).await,
        View::ReferrerChange(id) => referrers::one::change(desk, &id, form).await,
        View::ReferrerGroup(id) => referrers::one::regroup(desk, &id, form).await,
        View::ReferrerSuspend(id) => referrers::one::suspend(desk, &id, form).await,
        View::Statement(id, format) => referrers::one::statement(desk, &id, format).await,
        View::PaidTo(id, format) => referrers::one::payouts(desk, &id, format).await,
        View::File(table, format) => file::show(desk, table, format).await,
        View::Short(table, format) => short::show(desk, table, format).await,
    }
}
