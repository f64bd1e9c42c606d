//! `GET /r/…`: a visitor follows a link. The hot path: no storage, no promise, two crossings; what is counted is counted
//! afterwards, from memory, in batches.

mod agents;
mod batch;
mod cookie;
mod crossing;
mod flush;
mod page;
mod request;

use crate::facts::{self, Known, Name, Program};
use crate::isolate::{Isolate, isolate};
use crate::platform;
use batch::Minted;
use referral::code::Code;
use referral::query;
use referral::visit::{self, Verdict};
use request::Request;
use std::cell::OnceCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::future_to_promise;
use worker::worker_sys::Context;

thread_local! {
    static CONFIGURED: OnceCell<()> = const { OnceCell::new() };
}

/// Answers a request to a link: a `Response`, or a promise of one where the program is not in memory yet. `None` where
/// the path is not a link's.
pub(crate) fn answer(request: &web_sys::Request, env: &worker::Env, context: &Context) -> Option<JsValue> {
    let isolate = isolate(env);
    if let Ok(isolate) = &isolate {
        let configure = || crossing::headers(&isolate.client_ip_header, &isolate.country_header);
        CONFIGURED.with(|done| *done.get_or_init(configure));
    }
    let text = crossing::lines(request)?;
    let Ok(isolate) = isolate else {
        return Some(page::unavailable(&page::language(request)).into());
    };
    let whole = request;
    let request = Request::read(&text);
    let now = platform::now_ms();
    let (program, answer) = match find(&isolate, &request, now) {
        Found::Link(program, link) => {
            let answer = respond(&program, &link, &request, context, now);
            (program, answer)
        }
        Found::Nobody => return Some(nobody(&request, whole)),
        Found::Ask(_) => return Some(later(isolate, text, Clone::clone(whole), keep(context))),
    };
    Some(count(program, answer, text, context, now))
}

/// A response, and the click it answers where that is to be counted.
type Answer = (JsValue, Option<Minted>);

/// Puts the click aside for counting; the request's text moves along instead of being copied.
fn count(
    program: Rc<Program>,
    (response, minted): Answer,
    text: String,
    context: &Context,
    now: i64,
) -> JsValue {
    if let Some(minted) = minted {
        batch::add(batch::Click { program, minted, text }, context, now);
    }
    response
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
fn later(isolate: Rc<Isolate>, text: String, whole: web_sys::Request, context: Context) -> JsValue {
    let promise = future_to_promise(async move {
        let request = Request::read(&text);
        // A host of its own, then a slug: two questions at most.
        for _ in 0..3 {
            let now = platform::now_ms();
            match find(&isolate, &request, now) {
                Found::Link(program, link) => {
                    let answer = respond(&program, &link, &request, &context, now);
                    return Ok(count(program, answer, text, &context, now));
                }
                Found::Nobody => return Ok(nobody(&request, &whole)),
                Found::Ask(name) => {
                    if facts::ask(&isolate, name, now).await.is_err() {
                        break;
                    }
                }
            }
        }
        Ok(page::unavailable(&page::language(&whole)).into())
    });
    promise.into()
}

fn nobody(request: &Request<'_>, whole: &web_sys::Request) -> JsValue {
    match request.visit.method {
        "GET" | "HEAD" => page::unknown_program(&page::language(whole)).into(),
        _ => page::wrong_method().into(),
    }
}

/// Sends the visitor on: with a credit where a person follows a well-formed code, without one otherwise.
fn respond(program: &Program, link: &Link<'_>, request: &Request<'_>, context: &Context, now: i64) -> Answer {
    if let Some(name) = link.stale {
        refresh(name, context, now);
    }
    let code = Code::parse(link.code).ok();
    let agent = agents::recall(request.visit.user_agent);
    match (request.visit.verdict(|_| agent.robot), code) {
        (Verdict::WrongMethod, _) => return (page::wrong_method().into(), None),
        (Verdict::Speculation, _) if visit::may_share_site(request.host, program.destination.host()) => {
            return (page::ask_again().into(), None);
        }
        (Verdict::Speculation, code) => {
            let location = program.destination.location(link.path, request.query, code.as_ref(), None);
            return (page::redirect_unkept(&location).into(), None);
        }
        (Verdict::Preview, Some(_)) => return (page::preview(program, request).into(), None),
        // Without a nonce there is no click id; the visitor goes on all the same.
        (Verdict::Human, Some(code)) => {
            if let Ok(nonce) = platform::random() {
                let minted = Minted {
                    code,
                    clicked_at: now.div_euclid(1000),
                    nonce,
                    channel: query::channel(request.query),
                    agent,
                };
                return credited(program, link, request, minted);
            }
        }
        _ => {}
    }
    let location = program.destination.location(link.path, request.query, code.as_ref(), None);
    (redirect(&location, location.len()), None)
}

/// The redirect of a person's click.
fn credited(program: &Program, link: &Link<'_>, request: &Request<'_>, minted: Minted) -> Answer {
    let Minted { code, clicked_at, nonce, channel, .. } = minted;
    let click_id = program.click_keys.mint(&code, clicked_at, nonce, channel);
    let mut text = program.destination.location(link.path, request.query, Some(&code), Some(&click_id));
    let location = text.len();
    cookie::append(&mut text, program, request, &code, &click_id, clicked_at);
    (redirect(&text, location), Some(minted))
}

/// A location of so many bytes and, behind it, a cookie or nothing.
fn redirect(text: &str, location: usize) -> JsValue {
    let location = u32::try_from(location).unwrap_or_default();
    crossing::redirect(text, location).map_or_else(|_| page::unavailable("").into(), JsValue::from)
}

fn refresh(name: Name<'_>, context: &Context, now: i64) {
    let owned = name.text().to_owned();
    let host = matches!(name, Name::Host(_));
    let promise = future_to_promise(async move {
        let name = if host { Name::Host(&owned) } else { Name::Link(&owned) };
        let isolate = crate::isolate::current();
        if let Some(isolate) = isolate {
            // What is in memory stays when the directory does not answer.
            let _ = facts::ask(&isolate, name, now).await;
        }
        Ok(JsValue::UNDEFINED)
    });
    let _ = context.wait_until(&promise);
}
