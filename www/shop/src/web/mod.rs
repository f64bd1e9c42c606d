//! The pages and what their forms do.

mod account;
mod checkout;
mod fields;
mod guard;
mod login;
mod page;
mod password;
mod picking;
mod signup;
mod visitor;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{get, post};

use crate::Shop;

/// The largest form anybody fills in, in bytes.
const FORM_LIMIT: usize = 16 * 1024;

/// Every route of the shop.
pub fn router(shop: Shop) -> Router {
    Router::new()
        .route("/", get(picking::shelves))
        .route("/share", get(picking::share))
        .route("/products/{slug}", get(picking::product))
        .route("/cart", get(picking::cart).post(picking::add))
        .route("/cart/{slug}", post(picking::change))
        .route("/checkout", get(checkout::form).post(checkout::place))
        .route("/orders/{id}", get(checkout::placed))
        .route("/orders/{id}/refunds", post(account::refund))
        .route("/signup", get(signup::form).post(signup::submit))
        .route("/login", get(login::form).post(login::submit))
        .route("/logout", post(login::leave))
        .route("/account", get(account::overview))
        .route("/goodword-token", get(account::token))
        .route("/healthz", get(health))
        .route("/style.css", get(style))
        .route("/identify.js", get(identify))
        .route("/favicon.svg", get(favicon))
        .fallback(page::nowhere)
        .method_not_allowed_fallback(page::not_that_way)
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(from_fn_with_state(shop.clone(), guard::same_site))
        .layer(from_fn_with_state(shop.clone(), page::explain))
        .layer(from_fn_with_state(shop.clone(), guard::headers))
        .with_state(shop)
}

/// The stylesheet; its address changes with its content.
const STYLE: &str = include_str!("../../assets/style.css");
/// What a page says to Goodword of who is logged in.
const IDENTIFY: &str = include_str!("../../assets/identify.js");
const FAVICON: &str = include_str!("../../assets/favicon.svg");
const FOR_A_YEAR: &str = "public, max-age=31536000, immutable";

async fn style() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, FOR_A_YEAR)], STYLE)
}

async fn favicon() -> impl IntoResponse {
    ([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "public, max-age=86400")], FAVICON)
}

async fn identify() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "public, max-age=300")], IDENTIFY)
}

/// Ready when the database answers.
async fn health(State(shop): State<Shop>) -> Result<impl IntoResponse, page::Failure> {
    shop.db(|tx| Ok(tx.query_row("SELECT 1", [], |r| r.get::<_, i64>(0))?)).await?;
    Ok(([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")], r#"{"status":"ok"}"#))
}
