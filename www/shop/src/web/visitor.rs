//! Who is asking: their session, their cart, and the click they carry.

use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use rusqlite::Transaction;

use super::fields::Fields;
use super::page::Failure;
use crate::Shop;
use crate::cart::Cart;
use crate::clock;
use crate::fault::Fault;
use crate::goodword::ClickId;
use crate::store::{Customer, LIFETIME, Session};

/// Named after the shop, because cookies of `localhost` are shared by everything that runs there.
const SESSION_COOKIE: &str = "fernfield_session";

/// Somebody with a browser, known or not.
#[derive(Clone)]
pub(super) struct Visitor {
    /// Their session, once they have put something into the cart or logged in.
    pub(super) session: Option<Session>,
    /// What they have picked.
    pub(super) cart: Cart,
    click_cookies: Vec<String>,
    landed_by_link: bool,
}

impl Visitor {
    pub(super) fn customer(&self) -> Option<&Customer> {
        self.session.as_ref()?.customer.as_ref()
    }

    /// Whether a new visitor came by somebody's link, as far as the browser says: good enough for a friendly word, not
    /// for money.
    pub(super) fn came_by_a_friend(&self) -> bool {
        self.customer().is_none() && (self.landed_by_link || self.click(None).is_some())
    }

    /// The click to report to Goodword with this form.
    pub(super) fn click(&self, form: Option<&Fields>) -> Option<ClickId> {
        let session = self.session.as_ref();
        let remembered = [
            session.and_then(|s| s.click_id.as_deref()),
            self.customer().and_then(|c| c.click_id.as_deref()),
        ];
        ClickId::choose(
            self.click_cookies.iter().map(String::as_str),
            form.and_then(|f| f.get(ClickId::NAME)),
            remembered.into_iter().flatten(),
        )
    }

    /// The visitor's session, begun now if there is none, with the click remembered. The secret is for the cookie.
    pub(super) fn settle(
        &self,
        tx: &Transaction<'_>,
        click: Option<&ClickId>,
    ) -> Result<(Session, Option<String>), Fault> {
        let click = click.map(ClickId::as_str);
        let Some(session) = &self.session else {
            let (secret, session) = Session::begin(tx, click, clock::now())?;
            return Ok((session, Some(secret)));
        };
        if let Some(click) = click.filter(|click| session.click_id.as_deref() != Some(click)) {
            session.remember_click(tx, click)?;
        }
        Ok((session.clone(), None))
    }
}

impl FromRequestParts<Shop> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, shop: &Shop) -> Result<Self, Failure> {
        let secret = cookies(&parts.headers, SESSION_COOKIE).next().map(str::to_owned);
        let click_cookies = cookies(&parts.headers, ClickId::NAME).map(str::to_owned).collect();
        let query = parts.uri.query().unwrap_or_default();
        let landed_by_link = query.split('&').any(|p| p.starts_with("gw_click=") || p.starts_with("via="));
        let (session, cart) = match secret {
            None => (None, Cart::default()),
            Some(secret) => {
                shop.db(move |tx| {
                    let session = Session::find(tx, &secret, clock::now())?;
                    let cart = session.as_ref().map(|s| s.cart(tx)).transpose()?.unwrap_or_default();
                    Ok((session, cart))
                })
                .await?
            }
        };
        Ok(Self { session, cart, click_cookies, landed_by_link })
    }
}

/// Every value of a cookie. There can be several: one for the host, one for the domain above it.
fn cookies<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(move |pair| {
        let (n, value) = pair.trim().split_once('=')?;
        (n == name).then_some(value)
    })
}

/// Goes on to another page, with a new session cookie when there is one to set.
pub(super) fn go(shop: &Shop, to: &str, secret: Option<&str>) -> Response {
    let mut response = Redirect::to(to).into_response();
    if let Some(secret) = secret {
        set_cookie(shop, &mut response, secret, LIFETIME);
    }
    response
}

/// Goes to the shop's front, logged out.
pub(super) fn go_logged_out(shop: &Shop) -> Response {
    let mut response = Redirect::to("/").into_response();
    set_cookie(shop, &mut response, "", 0);
    response
}

fn set_cookie(shop: &Shop, response: &mut Response, value: &str, seconds: i64) {
    let secure = if shop.config().origin.starts_with("https:") { "; Secure" } else { "" };
    let cookie =
        format!("{SESSION_COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}
