//! How a referrer gets to their own pages without a browser: a merchant's server says who it is, the panel asks for a way in,
//! and the button behind it is pressed.

use crate::workerd::Edge;
use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::{SystemTime, UNIX_EPOCH};
use ureq::Body;
use ureq::http::Response;

/// How long a token is good, in seconds: an hour is the most.
const GOOD_FOR: u64 = 600;

/// The cookie of a session at the pages of the referrer with this external id; `keys` are those of the program.
pub(super) fn enter(agent: &ureq::Agent, edge: &Edge, slug: &str, keys: &Value, who: &str) -> Result<String> {
    let key = |name: &str| keys[name].as_str().with_context(|| format!("the program has no key {name}"));
    let mut asked = agent
        .post(format!("http://127.0.0.1:{}/v1/widget/portal", edge.port()))
        .header("Authorization", format!("Bearer {}", key("publishable_live")?))
        .header("Goodword-Identity", token(key("identity_live")?, slug, who)?)
        .send_json(json!({}))?;
    let text = asked.body_mut().read_to_string()?;
    if asked.status().as_u16() != 201 {
        bail!("no way in for {who}, {}: {text}", asked.status());
    }
    let asked: Value = serde_json::from_str(&text)?;
    let (_, secret) = asked["url"].as_str().and_then(|url| url.split_once("?key=")).context("a way in")?;
    let entered = agent
        .post(format!("http://127.0.0.1:{}/p/{slug}/enter", edge.port()))
        .header("Origin", edge.origin())
        .header("Content-Type", "application/x-www-form-urlencoded")
        .send(format!("key={secret}"))?;
    cookie(&entered)
}

/// The cookie of a session that was just begun.
pub(super) fn cookie(answer: &Response<Body>) -> Result<String> {
    let line = answer.headers().get("set-cookie").and_then(|line| line.to_str().ok());
    Ok(line.and_then(|line| line.split(';').next()).context("nobody was let in")?.to_owned())
}

/// A token that a merchant's server would sign for whoever is signed in there.
#[expect(clippy::disallowed_methods, reason = "a token says when it was made")]
fn token(key: &str, slug: &str, who: &str) -> Result<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let claims = json!({"iss": slug, "aud": "goodword", "sub": who, "iat": now, "exp": now + GOOD_FOR});
    let encoded = |part: String| URL_SAFE_NO_PAD.encode(part);
    let head = json!({"alg": "HS256", "typ": "JWT"});
    let signed = format!("{}.{}", encoded(head.to_string()), encoded(claims.to_string()));
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok().context("any key signs")?;
    mac.update(signed.as_bytes());
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())))
}
