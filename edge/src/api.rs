//! Everything that is not a follow: which object answers, and with which key.

use crate::admin;
use crate::answer::{self, Answer, Readers};
use crate::assets;
use crate::isolate::{Isolate, isolate};
use crate::js;
use crate::ledger::client as ledger;
use crate::ledger::{self as objects, Meta};
use crate::limit;
use crate::pages;
use crate::picture;
use crate::platform;
use crate::problem::Problem;
use crate::qr;
use crate::route::{Access, Call};
use referral::allowance::Left;
use referral::api_key::{ApiKey, KeyKind, Mode, same_secret};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// Longest `Idempotency-Key`, in characters.
const LONGEST_IDEMPOTENCY_KEY: usize = 255;

/// The lines of [`js::head`].
struct Head<'a> {
    method: &'a str,
    path: &'a str,
    /// Path and query.
    target: &'a str,
    query: &'a str,
    authorization: &'a str,
    origin: &'a str,
    content_length: &'a str,
    content_type: &'a str,
    content_encoding: &'a str,
    idempotency_key: &'a str,
    proof: &'a str,
    identity: &'a str,
    #[cfg_attr(not(feature = "failpoints"), expect(dead_code, reason = "read in the tests' build"))]
    fail_after: &'a str,
    /// The caller's, where the platform or a proxy says.
    address: &'a str,
    accept_language: &'a str,
    /// The browser; empty where it asks not to be recognised (`Sec-GPC: 1`).
    browser: &'a str,
}

impl<'a> Head<'a> {
    fn read(text: &'a str) -> Self {
        let mut lines = text.split('\n');
        let mut next = || lines.next().unwrap_or_default();
        let method = next();
        let url = next();
        // `scheme://host/target`; the host's runtime always gives an absolute URL.
        let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
        let target = after_scheme.find('/').and_then(|at| after_scheme.get(at..)).unwrap_or("/");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method,
            path,
            target,
            query,
            authorization: next(),
            origin: next(),
            content_length: next(),
            content_type: next(),
            content_encoding: next(),
            idempotency_key: next(),
            proof: next(),
            identity: next(),
            fail_after: next(),
            address: next(),
            accept_language: next(),
            browser: next(),
        }
    }
}

/// Answers a request that is not a follow.
pub(crate) fn answer(request: &web_sys::Request, env: &worker::Env) -> JsValue {
    let known = isolate(env);
    let text =
        js::head(request, known.as_ref().map_or("cf-connecting-ip", |isolate| &isolate.client_ip_header));
    let head = Head::read(&text);
    let request_id = request_id();
    if !head.path.starts_with("/v1/") {
        if let Some(picture) = head.path.strip_prefix("/qr/") {
            return qr::answer(head.method, picture, known, head.address, request_id);
        }
        if let Some(name) = head.path.strip_prefix("/a/") {
            return picture::answer(head.method, name, known, head.address, request_id);
        }
        if pages::are_at(head.path) {
            return pages::answer(request, env, request_id);
        }
        return match head.path {
            "/healthz" => answer::respond(&healthz(&head), &request_id, Readers::AnyPage, None).into(),
            _ => assets::answer(request, head.method, head.path, env, request_id),
        };
    }
    if head.method == "OPTIONS" {
        return preflight(&head).into();
    }
    let refuse = |problem, left| answer::respond(&Err(problem), &request_id, Readers::AnyPage, left).into();
    match known.and_then(|isolate| route(&head, request, isolate, &request_id)) {
        Ok(Step::Answered(promise)) => promise.into(),
        Ok(Step::TooMany(left)) => refuse(limit::exceeded(left), Some(left)),
        Err(problem) => refuse(problem, None),
    }
}

fn request_id() -> String {
    let random = platform::random().unwrap_or_default();
    format!("req_{}", referral::api_key::uid(random))
}

fn healthz(head: &Head<'_>) -> Result<Answer, Problem> {
    if !matches!(head.method, "GET" | "HEAD") {
        return Err(Problem::method_not_allowed());
    }
    Answer::json(200, &serde_json::json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

/// Browsers ask before a page of another origin may call. Calls with a publishable key are open to every page.
fn preflight(head: &Head<'_>) -> web_sys::Response {
    let open = ["POST", "GET", "PATCH"]
        .into_iter()
        .filter_map(|method| Call::parse(method, head.path).ok())
        .any(|call| call.access() != Access::Secret);
    if !open {
        return js::respond(403, r#"[["cache-control","no-store"]]"#, None);
    }
    let headers = r#"[["access-control-allow-origin","*"],["access-control-allow-methods","GET, POST, PATCH"],
        ["access-control-allow-headers","authorization, content-type, idempotency-key, goodword-proof, goodword-identity"],
        ["access-control-max-age","86400"]]"#;
    js::respond(204, headers, None)
}

/// What became of a call.
enum Step {
    Answered(js_sys::Promise),
    /// One too many for the caller's allowance.
    TooMany(Left),
}

fn route(
    head: &Head<'_>,
    request: &web_sys::Request,
    isolate: Rc<Isolate>,
    request_id: &str,
) -> Result<Step, Problem> {
    check_form(head)?;
    if head.path == "/v1/programs" {
        return programs(isolate, head, Clone::clone(request), request_id.to_owned()).map(Step::Answered);
    }
    let call = Call::parse(head.method, head.path)?;
    let key = key(head, &isolate)?;
    if key.kind != KeyKind::Publishable {
        refuse_browsers(head)?;
    }
    let left = limit::spend(&isolate, &key, head.address);
    if left.exceeded {
        return Ok(Step::TooMany(left));
    }
    let meta = Meta {
        request_id: request_id.to_owned(),
        uid: key.uid.clone(),
        test: key.mode == Mode::Test,
        key_hash: key.hash(),
        idempotency_key: idempotency_key(head)?,
        proof: (!head.proof.is_empty()).then(|| head.proof.to_owned()),
        left: Some(left),
        // One character more than can be a token is enough to see that it is none.
        identity: (!head.identity.is_empty())
            .then(|| head.identity.chars().take(referral::identity::LONGEST + 1).collect()),
        joins_from: (call == Call::WidgetJoin && !head.address.is_empty() && !head.browser.is_empty())
            .then(|| (head.address.to_owned(), head.browser.to_owned())),
        origin: (call == Call::WidgetMe && !head.origin.is_empty())
            .then(|| head.origin.chars().take(300).collect()),
        fail_after: fail_after(head),
        accept_language: (!head.accept_language.is_empty()).then(|| head.accept_language.to_owned()),
        ..Meta::default()
    };
    let promise = match call {
        Call::Export => ledger::pages(&isolate, head.target, &meta, "")?,
        Call::Import => {
            let more = match head.query {
                "" => false,
                "more=true" => true,
                _ => return Err(Problem::field("query", "unknown_field", "takes more=true")),
            };
            ledger::lines(&isolate, head.path, more, &meta, request)?
        }
        _ => ledger::forward(&isolate, head.method, head.target, &meta, request)?,
    };
    if matches!(call, Call::ProgramChange | Call::Import) {
        return Ok(Step::Answered(future_to_promise(async move {
            let response = JsFuture::from(promise).await;
            crate::facts::forget(&key.uid);
            response
        })));
    }
    Ok(Step::Answered(promise))
}

/// A secret key never belongs in a page.
fn refuse_browsers(head: &Head<'_>) -> Result<(), Problem> {
    if head.origin.is_empty() {
        return Ok(());
    }
    Err(Problem::new(
        403,
        "secret_key_in_browser",
        "A secret key came from a browser",
        "This request has an Origin header, so the secret key stands in a page. Rotate it now, and call from your server.",
    ))
}

/// The shape of a request, before any key is looked at.
fn check_form(head: &Head<'_>) -> Result<(), Problem> {
    let import = (head.method, head.path) == ("POST", "/v1/import");
    let longest = objects::longest(head.path);
    if !import && head.content_length.parse::<u64>().is_ok_and(|length| length > u64::from(longest)) {
        return Err(Problem::body_too_long());
    }
    if !matches!(head.content_encoding, "" | "identity") {
        return Err(Problem::new(
            415,
            "encoding_not_supported",
            "Encoded body",
            "Send the body as plain JSON, without Content-Encoding.",
        ));
    }
    let media = head.content_type.split(';').next().unwrap_or_default().trim();
    if import && media.eq_ignore_ascii_case("application/x-ndjson") {
        return Ok(());
    }
    if matches!(head.method, "POST" | "PATCH") && !media.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(
            415,
            "media_type_not_supported",
            "The body is not JSON",
            "Send Content-Type: application/json.",
        ));
    }
    Ok(())
}

fn key(head: &Head<'_>, isolate: &Isolate) -> Result<ApiKey, Problem> {
    if ["sk_live_", "sk_test_", "ik_live_", "ik_test_"].iter().any(|prefix| head.query.contains(prefix)) {
        return Err(Problem::new(
            403,
            "secret_key_in_url",
            "A secret key stands in the URL",
            "URLs end in logs. Rotate this key, and send the new one in the Authorization header.",
        ));
    }
    let token = bearer(head).ok_or_else(|| {
        Problem::new(
            401,
            "key_missing",
            "No key",
            "Send Authorization: Bearer followed by a key of your program.",
        )
    })?;
    isolate.api_keys.parse(token).map_err(|_| {
        Problem::new(
            401,
            "key_unknown",
            "Unknown key",
            "This key is not, or no longer, a key of a program. Check it, or rotate it.",
        )
    })
}

fn bearer<'a>(head: &Head<'a>) -> Option<&'a str> {
    let (scheme, token) = head.authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn idempotency_key(head: &Head<'_>) -> Result<Option<String>, Problem> {
    let key = head.idempotency_key;
    let fits = key.chars().count() <= LONGEST_IDEMPOTENCY_KEY
        && key.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    match key {
        "" => Ok(None),
        _ if fits => Ok(Some(key.to_owned())),
        _ => Err(Problem::new(
            422,
            "idempotency_key_malformed",
            "Malformed Idempotency-Key",
            "An Idempotency-Key has at most 255 printable ASCII characters.",
        )),
    }
}

#[cfg(feature = "failpoints")]
fn fail_after(head: &Head<'_>) -> Option<i32> {
    head.fail_after.parse().ok()
}

#[cfg(not(feature = "failpoints"))]
fn fail_after(_: &Head<'_>) -> Option<i32> {
    None
}

fn programs(
    isolate: Rc<Isolate>,
    head: &Head<'_>,
    request: web_sys::Request,
    request_id: String,
) -> Result<js_sys::Promise, Problem> {
    if head.method != "POST" {
        return Err(Problem::method_not_allowed());
    }
    let admin = bearer(head).is_some_and(|token| same_secret(token, &isolate.admin_key));
    if !admin {
        return Err(Problem::new(
            401,
            "key_unknown",
            "Not the operator's key",
            "Opening a program takes the operator's key (ADMIN_KEY).",
        ));
    }
    refuse_browsers(head)?;
    let idempotency_key = idempotency_key(head)?;
    Ok(future_to_promise(async move {
        let outcome = admin::create(&isolate, &request, idempotency_key.as_deref()).await;
        Ok(answer::respond(&outcome, &request_id, Readers::Servers, None).into())
    }))
}
