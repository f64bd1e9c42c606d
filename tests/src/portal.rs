//! A browser at a referrer's page, without the browser: the way in from the panel, pages and forms.

use crate::desk::Desk;
use crate::dispute::Sharer;
use crate::house::House;
use crate::http::{Answer, Request};
use crate::program::{Caller, Program};
use serde_json::{Value, json};

/// The cookie of a referrer's session at this program on a deployment over plain http.
pub fn cookie(program: &Program) -> String {
    format!("goodword_portal_{}", program.uid())
}

/// The panel's call for a way in, with the proof of a link.
pub fn ask(page: Caller<'_>, sharer: &Sharer) -> Answer {
    page.send(Request::post("/v1/widget/portal", &json!({})).header("goodword-proof", &sharer.proof))
}

/// The address of a way in, without its origin, and the secret in it.
#[track_caller]
pub fn address(house: &House, answer: &Value) -> (String, String) {
    let url = answer["url"].as_str().expect("an address");
    let path = url.strip_prefix(&house.origin()).expect("on this edge").to_owned();
    let key = path.split_once("?key=").expect("with a secret").1.to_owned();
    (path, key)
}

/// A way in for a sharer: its address and its secret.
#[track_caller]
pub fn way_in(program: &Program, sharer: &Sharer) -> (String, String) {
    address(&program.house, &ask(program.page(), sharer).expect(201))
}

/// Presses the button behind a way in.
#[track_caller]
pub fn enter(browser: &mut Desk<'_>, program: &Program, key: &str) -> Answer {
    browser.post(&format!("/p/{}/enter", program.slug), &[("key", key)])
}

/// A browser that is in as this sharer.
///
/// # Panics
/// The way in does not open.
#[track_caller]
pub fn entered<'a>(program: &'a Program, sharer: &Sharer) -> Desk<'a> {
    let mut browser = Desk::new(&program.house);
    let (_, key) = way_in(program, sharer);
    let answer = enter(&mut browser, program, &key);
    assert_eq!(answer.status, 303, "{}", answer.text());
    browser
}

/// Whether a browser is out: every page but the first leads there.
pub fn is_out(browser: &mut Desk<'_>, program: &Program) -> bool {
    let answer = browser.get(&format!("/p/{}/profile", program.slug));
    answer.status == 303 && answer.header("location") == Some(&format!("/p/{}", program.slug))
}
