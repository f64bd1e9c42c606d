//! Files of `www`: the landing page, the guide, the loader and the widget.

use crate::answer::{self, Readers};
use crate::isolate::isolate;
use crate::js;
use crate::problem::Problem;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// A file and how it is served.
struct File {
    /// Path under `www`.
    path: String,
    media: &'static str,
    cache: &'static str,
    /// Pages of other origins may load it.
    open: bool,
}

/// Media type by ending; files of other kinds are not served.
fn media(path: &str) -> Option<&'static str> {
    let (_, ending) = path.rsplit_once('.')?;
    Some(match ending {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "txt" => "text/plain; charset=utf-8",
        "ico" => "image/x-icon",
        _ => return None,
    })
}

/// Which file a path names. Paths with anything but plain segments name none.
fn file(path: &str) -> Option<File> {
    let plain = path.split('/').skip(1).all(|segment| {
        !segment.starts_with('.')
            && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    });
    if !plain {
        return None;
    }
    let page = if path.ends_with('/') {
        format!("{path}index.html")
    } else if path.starts_with("/guide") && !path.contains('.') {
        // People leave the last slash out.
        format!("{path}/index.html")
    } else {
        path.to_owned()
    };
    let (cache, open) = match page.as_str() {
        "/goodword.js" => ("public, max-age=300", true),
        // Their pages name them with a version.
        "/dashboard.css" | "/dashboard.js" => ("public, max-age=31536000, immutable", false),
        _ if page.starts_with("/w/") => ("public, max-age=31536000, immutable", true),
        "/index.html" | "/favicon.svg" | "/robots.txt" | "/openapi.json" => ("public, max-age=300", false),
        _ if page.starts_with("/guide/") => ("public, max-age=300", false),
        _ => return None,
    };
    Some(File { media: media(&page)?, path: page, cache, open })
}

/// What a page of ours may do: show itself. Nothing is loaded from elsewhere, nothing frames it.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) fn answer(
    request: &web_sys::Request,
    method: &str,
    path: &str,
    env: &worker::Env,
    request_id: String,
) -> JsValue {
    let refuse =
        |problem: Problem| answer::respond(&Err(problem), &request_id, Readers::AnyPage, None).into();
    let Some(file) = file(path) else {
        return refuse(Problem::not_found());
    };
    if !matches!(method, "GET" | "HEAD") {
        return refuse(Problem::method_not_allowed());
    }
    let isolate = match isolate(env) {
        Ok(isolate) => isolate,
        Err(problem) => return refuse(problem),
    };
    let cors = if file.open {
        r#",["access-control-allow-origin","*"],["cross-origin-resource-policy","cross-origin"],["timing-allow-origin","*"]"#
    } else {
        ""
    };
    let policy = if file.media.starts_with("text/html") {
        format!(r#",["content-security-policy","{PAGE_POLICY}"],["referrer-policy","no-referrer"]"#)
    } else {
        String::new()
    };
    let headers = format!(
        r#"[["content-type","{}"],["cache-control","{}"],["x-content-type-options","nosniff"]{cors}{policy}]"#,
        file.media, file.cache
    );
    let head_only = request.method() == "HEAD";
    future_to_promise(async move {
        let fetched = match js::asset(&isolate.assets, &file.path) {
            Ok(promise) => JsFuture::from(promise).await,
            Err(thrown) => Err(thrown),
        };
        match fetched.map(JsCast::unchecked_into::<web_sys::Response>) {
            Ok(response) if response.status() == 200 => Ok(js::served(&response, &headers, head_only).into()),
            Ok(_) => {
                Ok(answer::respond(&Err(Problem::not_found()), &request_id, Readers::AnyPage, None).into())
            }
            Err(thrown) => {
                Ok(answer::respond(&Err(thrown.into()), &request_id, Readers::AnyPage, None).into())
            }
        }
    })
    .into()
}
