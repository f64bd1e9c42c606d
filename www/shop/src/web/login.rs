//! Logging in and out.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::fields::{Fields, Input};
use super::page::{Failure, Frame, show};
use super::password;
use super::visitor::{Visitor, go, go_logged_out};
use crate::store::Customer;
use crate::{Shop, clock};

/// Where a visitor goes once logged in. Only places of ours: the request names one, it never gives a path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Onward {
    Account,
    Checkout,
}

impl Onward {
    pub(super) fn named(name: &str) -> Self {
        if name == Self::Checkout.name() { Self::Checkout } else { Self::Account }
    }

    pub(super) fn of_query(query: Option<&str>) -> Self {
        let pairs = query.unwrap_or_default().split('&');
        pairs.filter_map(|p| p.strip_prefix("next=")).map(Self::named).next().unwrap_or(Self::Account)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Checkout => "checkout",
        }
    }

    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Account => "/account",
            Self::Checkout => "/checkout",
        }
    }

    pub(super) fn is_checkout(self) -> bool {
        self == Self::Checkout
    }
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    frame: Frame,
    onward: Onward,
    inputs: [Input; 2],
    refused: bool,
}

impl LoginPage {
    fn new(shop: &Shop, visitor: &Visitor, onward: Onward, email: &str, refused: bool) -> Self {
        let inputs = [
            Input::new("email", "Email", "email", "email").value(email),
            Input::new("password", "Password", "password", "current-password"),
        ];
        Self { frame: Frame::new(shop, Some(visitor), "Log in · Fern & Field"), onward, inputs, refused }
    }
}

/// `GET /login`
pub(super) async fn form(
    State(shop): State<Shop>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let onward = Onward::of_query(query.as_deref());
    if visitor.customer().is_some() {
        return Ok(go(&shop, onward.path(), None));
    }
    show(StatusCode::OK, &LoginPage::new(&shop, &visitor, onward, "", false))
}

/// `POST /login`
pub(super) async fn submit(
    State(shop): State<Shop>,
    visitor: Visitor,
    form: Fields,
) -> Result<Response, Failure> {
    let onward = Onward::named(form.text("next"));
    let (email, password) =
        (form.text("email").to_owned(), form.get("password").unwrap_or_default().to_owned());
    let lookup = email.clone();
    let known = shop.db(move |tx| Customer::credentials(tx, &lookup)).await?;
    let (customer_id, kept) = known.unzip();
    let accepted = password::matches(kept, password).await?;
    let Some(customer_id) = customer_id.filter(|_| accepted) else {
        let page = LoginPage::new(&shop, &visitor, onward, &email, true);
        return show(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let click = visitor.click(Some(&form));
    let secret = shop
        .db(move |tx| {
            let (session, _) = visitor.settle(tx, click.as_ref())?;
            session.log_in(tx, &customer_id, clock::now())
        })
        .await?;
    Ok(go(&shop, onward.path(), Some(&secret)))
}

/// `POST /logout`
pub(super) async fn leave(State(shop): State<Shop>, visitor: Visitor) -> Result<Response, Failure> {
    if let Some(session) = visitor.session {
        shop.db(move |tx| session.end(tx)).await?;
    }
    Ok(go_logged_out(&shop))
}
