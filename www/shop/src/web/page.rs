//! What all pages have in common, and the page for when something went wrong.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use super::visitor::Visitor;
use crate::fault::Fault;
use crate::goodword::identity_token;
use crate::{Shop, clock, random};

/// The frame around every page: title, navigation, the Goodword snippet.
pub(super) struct Frame {
    /// What the tab says.
    pub(super) title: String,
    /// Where the snippet is loaded from.
    pub(super) edge: String,
    /// What the snippet is told.
    pub(super) publishable_key: String,
    /// Changes with the stylesheet, so that it can be kept for ever.
    pub(super) style_version: String,
    /// Whether somebody is logged in, and what tells the panel who.
    pub(super) logged_in: bool,
    pub(super) token: Option<String>,
    /// How many pieces the cart holds.
    pub(super) pieces: u32,
    /// Whether the friend's welcome is shown.
    pub(super) friend: bool,
}

impl Frame {
    pub(super) fn new(shop: &Shop, visitor: Option<&Visitor>, title: &str) -> Self {
        let mut style_version = random::digest(super::STYLE);
        style_version.truncate(10);
        let customer = visitor.and_then(Visitor::customer);
        let token = customer.map(|customer| identity_token(shop.config(), customer, clock::now()));
        Self {
            title: title.to_owned(),
            edge: shop.config().edge.clone(),
            publishable_key: shop.config().publishable_key.clone(),
            style_version,
            logged_in: customer.is_some(),
            token: token.and_then(Result::ok),
            pieces: visitor.map_or(0, |v| v.cart.pieces()),
            friend: visitor.is_some_and(Visitor::came_by_a_friend),
        }
    }
}

/// A page, ready to be sent.
pub(super) fn show(status: StatusCode, page: &impl Template) -> Result<Response, Failure> {
    Ok((status, Html(page.render().map_err(Fault::from)?)).into_response())
}

/// Why there is no page to show.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// Our fault, already logged.
    Ours,
    /// The request's: status, heading, and what to do now.
    Refused(StatusCode, &'static str, &'static str),
}

impl Failure {
    /// The page does not exist, or is not this customer's to see.
    pub(super) const NOT_FOUND: Self = Self::Refused(
        StatusCode::NOT_FOUND,
        "Nothing grows here",
        "The page you asked for does not exist, or belongs to another account.",
    );
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        eprintln!("shop: {fault}");
        Self::Ours
    }
}

impl IntoResponse for Failure {
    /// Only marks the response; [`explain`] writes the page, because it knows the shop.
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage {
    frame: Frame,
    heading: &'static str,
    advice: &'static str,
}

/// Writes the page for a [`Failure`].
pub(super) async fn explain(State(shop): State<Shop>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let (status, heading, advice) = match response.extensions_mut().remove::<Failure>() {
        None => return response,
        Some(Failure::Refused(status, heading, advice)) => (status, heading, advice),
        Some(Failure::Ours) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "That was our mistake",
            "Something broke in the shop and has been written to its log. Nothing was charged. Please try again.",
        ),
    };
    let page = FailurePage { frame: Frame::new(&shop, None, heading), heading, advice };
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => (status, advice).into_response(),
    }
}

/// No such page.
pub(super) async fn nowhere() -> Failure {
    Failure::NOT_FOUND
}

/// The page exists, but not for that method.
pub(super) async fn not_that_way() -> Failure {
    Failure::Refused(
        StatusCode::METHOD_NOT_ALLOWED,
        "Not that way",
        "That address takes a form, or only shows a page. Start again from the shop.",
    )
}
