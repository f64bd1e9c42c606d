//! `GET /r/…`: a visitor follows a link. The hot path: no storage, no promise, two crossings; what is counted is counted
//! afterwards, from memory, in batches.

mod batch;
mod cookie;
mod crossing;
mod flush;
mod page;
mod request;

use crate::facts::{self, Known, Name, Program};
use crate::isolate::{Isolate, isolate};
use crate::platform;
use crate::problem::Problem;
use referral::bots::Crawlers;
use referral::code::Code;
use referral::query;
use referral::visit::Verdict;
use request::Request;
use std::cell::OnceCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::future_to_promise;
use worker::worker_sys::Context;

thread_local! {
    static CRAWLERS: OnceCell<Crawlers> = const { OnceCell::new() };
    static CONFIGURED: OnceCell<()> = const { OnceCell::new() };
}

/// Answers a request to a link: a `Response`, or a promise of one where the program is not in memory yet. `None` where
/// the path is not a link's.
pub(crate) fn answer(request: &web_sys::Request, env: &worker::Env, context: &Context) -> Option<JsValue> {
    let isolate = isolate(env);
    if let Ok(isolate) = &isolate {
        CONFIGURED.with(|done| *done.get_or_init(|| crossing::client_ip_header(&isolate.client_ip_header)));
    }
    let text = crossing::read(request);
    if text.is_empty() {
        return None;
    }
    let Ok(isolate) = isolate else {
        return Some(page::unavailable().into());
    };
    let request = Request::read(&text);
    let now = platform::now_ms();
    let found = find(&isolate, &request, now);
    match found {
        Found::Link(program, link) => Some(respond(&program, &link, &request, context, now)),
        Found::Nobody => Some(nobody(&request)),
        Found::Ask(_) => Some(later(isolate, text, keep(context))),
    }
}

/// What follows the program in a link.
struct Link<'a> {
    code: &'a str,
    /// With its slash; empty where the link has none.
    path: &'a str,
    /// The name under which the program should be asked for again.
    stale: Option<Name<'a>>,
}

enum Found<'a> {
    Link(Rc<Program>, Link<'a>),
    Nobody,
    Ask(Name<'a>),
}

/// `/r/{program}/{code}[/{path}]`, or `/r/{code}[/{path}]` on a program's own host.
fn find<'a>(isolate: &Isolate, request: &Request<'a>, now: i64) -> Found<'a> {
    let shared = isolate.public_origin.split_once("://").is_some_and(|(_, host)| host == request.host);
    if !shared {
        let name = Name::Host(request.host);
        match facts::recall(name, now) {
            None => return Found::Ask(name),
            Some(Known::Program(program, stale)) => {
                let (code, path) = first_segment(request.rest);
                return Found::Link(program, Link { code, path, stale: stale.then_some(name) });
            }
            Some(Known::Nobody) => {}
        }
    }
    let (program, rest) = first_segment(request.rest);
    let name = Name::Link(program);
    match facts::recall(name, now) {
        None => Found::Ask(name),
        Some(Known::Nobody) => Found::Nobody,
        Some(Known::Program(program, stale)) => {
            let (code, path) = first_segment(rest.strip_prefix('/').unwrap_or(rest));
            Found::Link(program, Link { code, path, stale: stale.then_some(name) })
        }
    }
}

/// Up to the first slash, and from it on.
fn first_segment(path: &str) -> (&str, &str) {
    path.split_at(path.find('/').unwrap_or(path.len()))
}

/// A second handle on the same context.
fn keep(context: &Context) -> Context {
    let value: &JsValue = context.as_ref();
    value.clone().unchecked_into()
}

/// The slow way, once per program and isolate: ask the directory, then answer as always.
fn later(isolate: Rc<Isolate>, text: String, context: Context) -> JsValue {
    let promise = future_to_promise(async move {
        let request = Request::read(&text);
        // A host of its own, then a slug: two questions at most.
        for _ in 0..3 {
            let now = platform::now_ms();
            match find(&isolate, &request, now) {
                Found::Link(program, link) => return Ok(respond(&program, &link, &request, &context, now)),
                Found::Nobody => return Ok(nobody(&request)),
                Found::Ask(name) => {
                    if facts::ask(&isolate, name, now).await.is_err() {
                        break;
                    }
                }
            }
        }
        Ok(page::unavailable().into())
    });
    promise.into()
}

fn nobody(request: &Request<'_>) -> JsValue {
    match request.visit.method {
        "GET" | "HEAD" => page::unknown_program().into(),
        _ => page::wrong_method().into(),
    }
}

/// Sends the visitor on: with a credit where a person follows a well-formed code, without one otherwise.
fn respond(
    program: &Rc<Program>,
    link: &Link<'_>,
    request: &Request<'_>,
    context: &Context,
    now: i64,
) -> JsValue {
    if let Some(name) = link.stale {
        refresh(name, context, now);
    }
    let verdict = CRAWLERS.with(|crawlers| request.visit.verdict(crawlers.get_or_init(Crawlers::new)));
    let code = Code::parse(link.code).ok();
    let answer = match (verdict, &code) {
        (Verdict::WrongMethod, _) => return page::wrong_method().into(),
        (Verdict::Preview, Some(_)) => return page::preview(program, request).into(),
        (Verdict::Human, Some(code)) => credited(program, link, request, context, code, now),
        _ => None,
    };
    let answer = answer.unwrap_or_else(|| {
        let location = program.destination.location(link.path, request.query, code.as_ref(), None);
        crossing::redirect(&location, "")
    });
    answer.map_or_else(|_| page::unavailable().into(), JsValue::from)
}

/// The redirect of a person's click; `None` where no nonce is to be had.
fn credited(
    program: &Rc<Program>,
    link: &Link<'_>,
    request: &Request<'_>,
    context: &Context,
    code: &Code,
    now: i64,
) -> Option<Result<web_sys::Response, JsValue>> {
    let nonce = platform::random().ok()?;
    let seconds = now.div_euclid(1000);
    let channel = query::channel(request.query);
    let click_id = program.click_keys.mint(code, seconds, nonce, channel);
    let location = program.destination.location(link.path, request.query, Some(code), Some(&click_id));
    let cookie = cookie::of(program, request, &click_id, seconds);
    batch::add(batch::Click::new(program, *code, seconds, nonce, channel, request), context, now);
    Some(crossing::redirect(&location, &cookie))
}

fn refresh(name: Name<'_>, context: &Context, now: i64) {
    let owned = name.text().to_owned();
    let host = matches!(name, Name::Host(_));
    let promise = future_to_promise(async move {
        let name = if host { Name::Host(&owned) } else { Name::Link(&owned) };
        let isolate = crate::isolate::current().ok_or_else(|| Problem::internal("no isolate")).ok();
        if let Some(isolate) = isolate {
            // What is in memory stays when the directory does not answer.
            let _ = facts::ask(&isolate, name, now).await;
        }
        Ok(JsValue::UNDEFINED)
    });
    let _ = context.wait_until(&promise);
}
