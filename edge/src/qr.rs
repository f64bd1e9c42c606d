//! `GET /qr/{program}/{code}.svg`: a link as a picture, for pages whose policy forbids the wasm that draws it. As
//! stateless as following a link: the program is in memory, the code checks itself.

use crate::answer::{self, Readers};
use crate::facts::{self, Known, Name, Program};
use crate::isolate::Isolate;
use crate::js;
use crate::ledger::link_base;
use crate::limit;
use crate::platform;
use crate::problem::Problem;
use qrcodegen_no_heap::{QrCode, QrCodeEcc, Version};
use referral::code::Code;
use std::fmt::Write as _;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

/// Light modules around the code that scanners need (ISO/IEC 18004: four).
const QUIET_ZONE: i32 = 4;

/// Largest code made, 97 × 97: some 660 bytes of link at medium error correction, twice what a link can have.
const LARGEST: Version = Version::new(20);

/// Longest text that surely fits in it, in bytes.
pub(crate) const LONGEST: usize = 600;

/// The link's program may move to another host; a day later the picture follows.
const HEADERS: &str = r#"[["content-type","image/svg+xml"],["cache-control","public, max-age=86400"],
    ["content-security-policy","default-src 'none'; sandbox"],["x-content-type-options","nosniff"],
    ["access-control-allow-origin","*"],["cross-origin-resource-policy","cross-origin"]]"#;

/// Answers for `{program}/{code}.svg`, asked for from this address.
pub(crate) fn answer(
    method: &str,
    picture: &str,
    isolate: Result<Rc<Isolate>, Problem>,
    address: &str,
    request_id: String,
) -> JsValue {
    let head_only = method == "HEAD";
    let parsed = match (method, picture.split_once('/')) {
        ("GET" | "HEAD", Some((program, file))) => {
            let code = file.strip_suffix(".svg").and_then(|code| Code::parse(code).ok());
            code.map(|code| (program.to_owned(), code)).ok_or_else(Problem::not_found)
        }
        ("GET" | "HEAD", None) => Err(Problem::not_found()),
        _ => Err(Problem::method_not_allowed()),
    };
    let read = parsed.and_then(|(program, code)| Ok((program, code, isolate?)));
    let (program, code, isolate) = match read {
        Ok(read) => read,
        Err(problem) => return answer::respond(&Err(problem), &request_id, Readers::AnyPage, None).into(),
    };
    let left = limit::spend_picture(&isolate, address);
    if let Some(left) = left.filter(|left| left.exceeded) {
        return answer::respond(&Err(limit::exceeded(left)), &request_id, Readers::AnyPage, Some(left))
            .into();
    }
    future_to_promise(async move {
        let drawn = match find(&isolate, &program).await {
            Ok(program) => shape(&format!("{}{code}?gwc=qr", link_base(&isolate, &program.facts)))
                .map(|shape| shape.svg())
                .ok_or_else(|| Problem::internal("a link is too long for a QR code")),
            Err(problem) => Err(problem),
        };
        Ok(match drawn {
            Ok(svg) => js::respond(200, HEADERS, Some(svg.as_str()).filter(|_| !head_only)).into(),
            Err(problem) => answer::respond(&Err(problem), &request_id, Readers::AnyPage, None).into(),
        })
    })
    .into()
}

/// The program of this slug or uid, from memory; the directory is asked where memory has none or an old one.
pub(crate) async fn find(isolate: &Isolate, name: &str) -> Result<Rc<Program>, Problem> {
    let name = Name::Link(name);
    let now = platform::now_ms();
    if !matches!(facts::recall(name, now), Some(Known::Nobody | Known::Program(_, false))) {
        let asked = facts::ask(isolate, name, now).await;
        // What is in memory stays of use when the directory does not answer.
        if facts::recall(name, now).is_none() {
            asked?;
        }
    }
    match facts::recall(name, now) {
        Some(Known::Program(program, _)) => Ok(program),
        _ => Err(Problem::not_found()),
    }
}

/// A QR code as a shape: the side of its square with the quiet zone, and the path of its dark modules.
pub(crate) struct Shape {
    pub(crate) side: i32,
    pub(crate) path: String,
}

impl Shape {
    /// The picture: dark modules on white, one path.
    pub(crate) fn svg(&self) -> String {
        let Self { side, path } = self;
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>"##
        )
    }
}

/// The QR code of a text; none where the text is too long for one.
pub(crate) fn shape(text: &str) -> Option<Shape> {
    let mut scratch = vec![0; LARGEST.buffer_len()];
    let mut code = vec![0; LARGEST.buffer_len()];
    code.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
    let (least, medium) = (Version::MIN, QrCodeEcc::Medium);
    let code = QrCode::encode_binary(&mut code, text.len(), &mut scratch, medium, least, LARGEST, None, true)
        .ok()?;
    let side = code.size() + 2 * QUIET_ZONE;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).map(|_| 1).sum::<i32>();
            if run > 0 {
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET_ZONE, y + QUIET_ZONE);
            }
            x += run + 1;
        }
    }
    Some(Shape { side, path })
}
