//! The ledger: one SQLite object per program and mode. Facts are loaded, `referral` decides, the decision is stored in
//! one transaction, the answer goes out. Nothing here awaits between reading and writing.

mod archive;
pub(crate) mod asset;
mod before;
mod book;
mod chain;
mod claim;
pub(crate) mod client;
mod clock;
mod conversion;
mod conversion_rows;
mod convert;
mod coupon;
mod decision;
pub(crate) mod desk;
mod dispute;
pub(crate) mod dossier;
mod doubt;
mod entry;
pub(crate) mod erasure;
mod event;
mod expected;
pub(crate) mod file;
mod flag;
mod fraud;
mod grant;
mod group;
mod identity;
mod join;
mod judge;
mod key;
mod lead;
pub(crate) mod lead_stage;
mod list;
mod live;
pub(crate) mod look;
mod me;
mod payout;
mod payout_schedule;
mod person;
pub(crate) mod portal;
mod profile;
mod program;
mod promise;
mod proof;
mod ranking;
mod rate;
pub(crate) mod readiness;
mod reattribution;
mod rebinding;
mod referrer;
mod refund;
mod request;
mod retroactive;
pub(crate) mod review;
mod reward;
pub(crate) mod roster;
mod ruling;
mod sale;
pub(crate) mod session;
mod sharing;
mod sighting;
mod simulate;
mod sockets;
mod statement;
mod stats;
mod suspension;
mod terms;
mod trace;
mod verdict;
mod welcome;
mod who;
mod why;

use crate::answer::{self, Answer, Readers};
use crate::body;
use crate::click_shard;
use crate::directory;
use crate::js;
use crate::paging::Page;
use crate::problem::Problem;
use crate::route::{Access, Call};
use crate::sql::Database;
pub(crate) use archive::import::PIECE;
use book::Book;
pub(crate) use decision::REMEMBERED_MS;
use live::Audience;
pub(crate) use live::LISTEN;
pub(crate) use program::Opening;
pub(crate) use referrer::link_base;
use request::Request;
pub(crate) use request::{Meta, longest};
pub(crate) use sighting::SIGHTED_MS;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use worker::worker_sys::DurableObjectState;

/// The Durable Object.
#[wasm_bindgen]
pub struct Ledger {
    book: Rc<Book>,
}

#[wasm_bindgen]
impl Ledger {
    /// Called by the runtime when the object wakes.
    #[wasm_bindgen(constructor)]
    pub fn new(state: DurableObjectState, env: worker::Env) -> Result<Ledger, JsValue> {
        let database = Database::new(state.storage()?);
        Ok(Self { book: Rc::new(Book::new(database, Audience::new(state), env)) })
    }

    /// Answers a request that [`client`] made: a `Response`, or a promise of one where a body must be read or another
    /// object be asked.
    pub fn fetch(&self, request: &web_sys::Request) -> JsValue {
        let book = Rc::clone(&self.book);
        let mut read = Request::read(request);
        book.is_test.set(read.meta.test);
        if read.path == LISTEN {
            return match live::listen(&book, &read) {
                Ok(handshake) => handshake.into(),
                Err(problem) => respond(&book, &read, &Err(problem)),
            };
        }
        if !read.has_body() {
            return answer(&book, read);
        }
        // Of a file to take in, the reader says what is wrong with it, and where.
        let import = read.path == "/v1/import";
        let longest = longest(&read.path);
        let run = Closure::once_into_js(move |text: JsValue| match body::text(&text) {
            Ok(text) => {
                read.body = text;
                answer(&book, read)
            }
            Err(problem) => respond(&book, &read, &Err(problem)),
        });
        js::with_text(request, longest, import, &run).into()
    }

    /// Open pages listen and say nothing.
    #[wasm_bindgen(js_name = webSocketMessage)]
    #[expect(clippy::unused_self, reason = "the runtime calls it on the object")]
    pub fn web_socket_message(&self, socket: &JsValue, _: &JsValue) {
        live::refuse(socket);
    }

    /// A page was left.
    #[wasm_bindgen(js_name = webSocketClose)]
    #[expect(clippy::unused_self, reason = "the runtime calls it on the object")]
    pub fn web_socket_close(&self, socket: &JsValue) {
        live::ended(socket);
    }

    /// Salts, sightings and what is known of customers end on time, also where nobody calls any more.
    pub fn alarm(&self) -> js_sys::Promise {
        let book = Rc::clone(&self.book);
        future_to_promise(async move {
            erasure::retention::wake(&book).await;
            Ok(JsValue::UNDEFINED)
        })
    }
}

fn respond(book: &Rc<Book>, request: &Request, outcome: &Result<Answer, Problem>) -> JsValue {
    live::after(book);
    if matches!(outcome, Err(problem) if problem.status >= 500) {
        book.forget();
    }
    let (id, left) = (&request.meta.request_id, request.meta.left);
    let media = Call::parse(&request.method, &request.path).ok().and_then(|call| call.media());
    if let Some(media) = media {
        return answer::respond_file(outcome, media, id, left).into();
    }
    answer::respond(outcome, id, request.readers(), left).into()
}

/// Answers at once where the ledger alone can, later where others must be asked.
fn answer(book: &Rc<Book>, mut request: Request) -> JsValue {
    match at_once(book, &mut request) {
        Ok(Step::Done(answer)) => respond(book, &request, &Ok(answer)),
        Ok(Step::File) => {
            let book = Rc::clone(book);
            let promise = future_to_promise(async move {
                let outcome = file::piece(&book, &request).await;
                Ok(respond(&book, &request, &outcome))
            });
            promise.into()
        }
        Ok(Step::Ask(call)) => {
            let book = Rc::clone(book);
            let promise = future_to_promise(async move {
                let outcome = later(&book, &request, call).await;
                Ok(respond(&book, &request, &outcome))
            });
            promise.into()
        }
        Err(problem) => respond(book, &request, &Err(problem)),
    }
}

enum Step {
    Done(Answer),
    /// Another object must be asked first.
    Ask(Call),
    /// A piece of a table as a file.
    File,
}

fn at_once(book: &Book, request: &mut Request) -> Result<Step, Problem> {
    book.open()?;
    if let Some(internal) = request.path.strip_prefix("/internal/") {
        let answer = match internal {
            "create" => program::create(book, request)?,
            "codes" => referrer::known_codes(book, request)?,
            "offer" => desk::offer(book, request)?,
            "file" => return Ok(Step::File),
            "picture" => asset::picture(book, &request.body)?,
            _ => match internal.split_once('/') {
                Some(("session", verb)) => session::answer(book, request, verb)?,
                Some(("portal", verb)) => portal::answer(book, request, verb)?,
                Some(("desk", subject)) => desk::answer(book, request, subject)?,
                Some(("live", verb)) => live::answer(book, verb)?,
                _ => return Err(Problem::not_found()),
            },
        };
        return Ok(Step::Done(answer));
    }
    let call = Call::parse(&request.method, &request.path)?;
    book.authenticate(request, call.access())?;
    request.identity = identity::of(book, request, &call)?;
    book.approve_due()?;
    if call.writes() {
        let answer = write(book, request, &call)?;
        return Ok(Step::Done(if call == Call::KeyRotate {
            key::reveal(book, request, &answer)?
        } else {
            answer
        }));
    }
    let answer = match call {
        Call::Program => program::show(book)?,
        Call::Payout(id) => payout::show(book, &id)?,
        Call::PayoutFile(id, name) => payout::file(book, &id, &name)?,
        Call::PayoutSchedule => payout_schedule::show(book)?,
        Call::StatementPage(id) => statement::page(book, &id)?,
        Call::Statement(id) => statement::show(book, &id)?,
        Call::StatementFile(id) => statement::file(book, &id)?,
        Call::Terms => promise::show(book, request)?,
        Call::TermsSimulate => simulate::run(book, request)?,
        Call::Keys => key::list(book, request)?,
        Call::KeyRevoke(id) => key::revoke(book, request, &id)?,
        Call::List(kind) => list::page(book, request, kind)?,
        Call::Conversion(id) => list::one(book, &id)?,
        Call::Trace(id) => trace::show(book, request, &id)?,
        Call::Dispute(id) => dispute::show(book, request, &id)?,
        Call::WidgetDisputes => dispute::own(book, request)?,
        Call::WidgetWelcome => welcome::show(book, request)?,
        Call::Events => event::page(book, request)?,
        Call::SubjectExport => erasure::export(book, request)?,
        Call::LedgerVerify => chain::verify(book, request)?,
        Call::Flags => flag::page(book, request)?,
        Call::Look => look::show(book.program()?.as_ref())?,
        Call::Readiness => readiness::show(book)?,
        Call::Assets => asset::list(book, request)?,
        Call::Fraud => fraud::show(book.program()?.as_ref())?,
        Call::FraudBacktest => fraud::backtest(book, request)?,
        Call::Suspension(id) => suspension::show(book, &id)?,
        Call::Export => archive::export::page(book, request)?,
        Call::WidgetPortal => portal::door::link(book, request)?,
        call => return Ok(Step::Ask(call)),
    };
    Ok(Step::Done(answer))
}

async fn later(book: &Book, request: &Request, call: Call) -> Result<Answer, Problem> {
    let isolate = book.isolate()?;
    let (uid, mode) = (request.meta.uid.as_str(), request.meta.mode());
    match call {
        Call::ProgramChange => program::change(book, request).await,
        Call::Referrers => referrer::list(book, request).await,
        Call::Referrer(id) => referrer::show(book, request, &id).await,
        Call::Clicks => {
            let page = Page::read(&request.query)?;
            click_shard::client::list(&isolate, uid, mode, &page).await
        }
        Call::Stats => stats::show(book, request).await,
        Call::Import => {
            let (answer, facts) = archive::import::piece(book, request)?;
            if let (Some(facts), false) = (facts, request.meta.test) {
                directory::client::publish(&isolate, &facts).await?;
            }
            Ok(answer)
        }
        Call::Why => why::show(book, request).await,
        Call::WidgetMe => me::show(book, request).await,
        Call::WidgetEvents => sharing::events(book, request).await,
        _ => Err(Problem::not_found()),
    }
}

/// Runs a command once per `Idempotency-Key`.
fn write(book: &Book, request: &Request, call: &Call) -> Result<Answer, Problem> {
    let route = request.path.as_str();
    let key = request.meta.idempotency_key.as_deref();
    let body_hash = key.map(|_| request.fingerprint());
    if let (Some(key), Some(hash)) = (key, &body_hash)
        && let Some(known) = book.remembered(route, key, hash)?
    {
        return Ok(known);
    }
    let mut decision = match call {
        Call::KeyRotate => key::rotate(book, request)?,
        Call::ReferrerCreate => referrer::create(book, request)?,
        Call::ReferrersImport => roster::import(book, request)?,
        Call::ReferrerChange(id) => profile::correct(book, request, id)?,
        Call::LeadCreate => lead::record(book, request)?,
        Call::SaleCreate => sale::record(book, request)?,
        Call::RefundCreate => refund::record(book, request)?,
        Call::WidgetJoin => join::join(book, request)?,
        Call::WidgetChange => profile::change(book, request)?,
        Call::ClaimCreate => claim::record(book, request)?,
        Call::LeadDecide(id) => lead_stage::decide(book, request, id)?,
        Call::SaleRate(id) => rate::tell(book, request, id)?,
        Call::RewardDecide(id) => reward::decide(book, request, id)?,
        Call::RewardsDecide => reward::decide_many(book, request)?,
        Call::GroupCreate => group::create(book, request)?,
        Call::GroupTerms(id) => group::change(book, request, id)?,
        Call::ReferrerGroup(id) => group::put(book, request, id)?,
        Call::PayoutCreate => payout::create(book, request)?,
        Call::PayoutScheduleChange => payout_schedule::change(book, request)?,
        Call::PayoutDecide(id) => payout::decide(book, request, id)?,
        Call::PayoutTarget(id) => payout::target(book, request, id)?,
        Call::CouponsUpload => coupon::upload(book, request)?,
        Call::FlagDecide(id) => verdict::one(book, request, id)?,
        Call::FlagsDecide => verdict::many(book, request)?,
        Call::FlagNote(id) => flag::note(book, request, id)?,
        Call::FraudChange => fraud::change(book, request)?,
        Call::LookChange => look::change(book, request)?,
        Call::ReadinessSay => readiness::say(book, request)?,
        Call::AssetCreate => asset::create(book, request)?,
        Call::AssetRetire(id) => asset::retire(book, request, id)?,
        Call::SuspensionDecide(id) => suspension::decide(book, request, id)?,
        Call::DisputeCreate => dispute::open(book, request)?,
        Call::DisputeDecide(id) => ruling::decide(book, request, id)?,
        Call::DisputeMessage(id) => dispute::say(book, request, id)?,
        Call::TestClock => clock::advance(book, request)?,
        Call::Erasure => erasure::erase(book, request)?,
        _ => return Err(Problem::not_found()),
    };
    if let (Some(key), Some(hash)) = (key, &body_hash) {
        decision.remember(route, key, hash, book.now())?;
    }
    if let Some((action, subject)) = &decision.audit {
        book.audit(&mut decision.writes, request, action, subject)?;
    }
    book.commit(decision.writes, request.failpoint())?;
    sighting::arm(book);
    if matches!(
        call,
        Call::KeyRotate
            | Call::GroupCreate
            | Call::GroupTerms(_)
            | Call::FraudChange
            | Call::LookChange
            | Call::TestClock
    ) {
        // Not before: what is read again must hold the new key, the new version, the new settings, the new look, or the new time.
        book.forget();
    }
    if *call == Call::TestClock {
        erasure::retention::step(book)?;
    }
    Ok(decision.answer)
}

impl Request {
    fn readers(&self) -> Readers {
        match Call::parse(&self.method, &self.path).map(|call| call.access()) {
            _ if self.meta.page => Readers::OurPages,
            Ok(Access::Secret) | Err(_) => Readers::Servers,
            Ok(Access::Publishable | Access::Either) => Readers::AnyPage,
        }
    }
}
