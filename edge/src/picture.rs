//! `GET /a/{program}/{mode}/{sum}.{ending}`: a picture of a program's library, for everybody. Its name is the sum of its
//! bytes, so it never changes. Programs are looked up in memory first: names nobody has cost no storage.

use crate::answer::{self, Readers};
use crate::isolate::Isolate;
use crate::js;
use crate::ledger;
use crate::ledger::asset::Picture;
use crate::limit;
use crate::problem::Problem;
use crate::qr;
use referral::api_key::Mode;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

/// What a picture is asked for by.
struct Named {
    program: String,
    mode: Mode,
    sum: String,
    ending: String,
}

impl Named {
    fn read(path: &str) -> Option<Self> {
        let mut parts = path.split('/');
        let (program, mode, file) = (parts.next()?, Mode::named(parts.next()?)?, parts.next()?);
        let (sum, ending) = file.split_once('.')?;
        let is_sum = sum.len() == 64 && sum.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (is_sum && parts.next().is_none()).then(|| Self {
            program: program.to_owned(),
            mode,
            sum: sum.to_owned(),
            ending: ending.to_owned(),
        })
    }
}

/// Answers for the path after `/a/`, asked for from this address.
pub(crate) fn answer(
    method: &str,
    path: &str,
    isolate: Result<Rc<Isolate>, Problem>,
    address: &str,
    request_id: String,
) -> JsValue {
    let head_only = method == "HEAD";
    let named = match method {
        "GET" | "HEAD" => Named::read(path).ok_or_else(Problem::not_found),
        _ => Err(Problem::method_not_allowed()),
    };
    let (named, isolate) = match named.and_then(|named| Ok((named, isolate?))) {
        Ok(read) => read,
        Err(problem) => return answer::respond(&Err(problem), &request_id, Readers::AnyPage, None).into(),
    };
    let left = limit::spend_picture(&isolate, address);
    if let Some(left) = left.filter(|left| left.exceeded) {
        return answer::respond(&Err(limit::exceeded(left)), &request_id, Readers::AnyPage, Some(left))
            .into();
    }
    future_to_promise(async move {
        Ok(match find(&isolate, &named).await {
            Ok(picture) => shown(&picture, head_only),
            Err(problem) => answer::respond(&Err(problem), &request_id, Readers::AnyPage, None).into(),
        })
    })
    .into()
}

async fn find(isolate: &Isolate, named: &Named) -> Result<Picture, Problem> {
    let program = qr::find(isolate, &named.program).await?;
    let uid = &program.facts.uid;
    match ledger::client::call(isolate, uid, named.mode.word(), "picture", &named.sum).await? {
        (200, body) => {
            let picture: Picture = serde_json::from_str(&body)?;
            let fits = picture.media.strip_prefix("image/") == Some(named.ending.as_str());
            if fits { Ok(picture) } else { Err(Problem::not_found()) }
        }
        (404, _) => Err(Problem::not_found()),
        (status, _) => Err(Problem::internal(&format!("the ledger answered {status} to a picture"))),
    }
}

/// A picture and nothing else, whatever a browser would rather see in it; other sites may show it.
fn shown(picture: &Picture, head_only: bool) -> JsValue {
    let headers = serde_json::json!([
        ["content-type", picture.media],
        ["cache-control", "public, max-age=31536000, immutable"],
        ["content-security-policy", "default-src 'none'; sandbox"],
        ["x-content-type-options", "nosniff"],
        ["access-control-allow-origin", "*"],
        ["cross-origin-resource-policy", "cross-origin"],
    ]);
    js::respond_bytes(&headers.to_string(), if head_only { "" } else { &picture.body }).into()
}
