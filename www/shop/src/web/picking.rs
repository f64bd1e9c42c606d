//! Looking and picking: the catalogue, a product, the cart, and the page to share from.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::fields::Fields;
use super::page::{Failure, Frame, show};
use super::visitor::{Visitor, go};
use crate::Shop;
use crate::cart::{Cart, MOST};
use crate::catalogue::{self, Product, Shelf};

#[derive(Template)]
#[template(path = "shelves.html")]
struct ShelvesPage {
    frame: Frame,
    shelves: [(&'static str, &'static str, Vec<&'static Product>); 2],
}

/// `GET /`
pub(super) async fn shelves(State(shop): State<Shop>, visitor: Visitor) -> Result<Response, Failure> {
    let frame = Frame::new(&shop, Some(&visitor), "Fern & Field: house plants and garden tools");
    let shelves = [
        ("plants", "House plants", catalogue::on(Shelf::Plants).collect()),
        ("tools", "Garden tools", catalogue::on(Shelf::Tools).collect()),
    ];
    show(StatusCode::OK, &ShelvesPage { frame, shelves })
}

#[derive(Template)]
#[template(path = "share.html")]
struct SharePage {
    frame: Frame,
}

/// `GET /share`: a link to share, without an account.
pub(super) async fn share(State(shop): State<Shop>, visitor: Visitor) -> Result<Response, Failure> {
    let frame = Frame::new(&shop, Some(&visitor), "Give €5, get 10% · Fern & Field");
    show(StatusCode::OK, &SharePage { frame })
}

#[derive(Template)]
#[template(path = "product.html")]
struct ProductPage {
    frame: Frame,
    product: &'static Product,
    more: Vec<&'static Product>,
}

/// `GET /products/{slug}`
pub(super) async fn product(
    State(shop): State<Shop>,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Result<Response, Failure> {
    let product = catalogue::find(&slug).ok_or(Failure::NOT_FOUND)?;
    let others = catalogue::PRODUCTS.iter().cycle().skip_while(|p| p.slug != slug).skip(1);
    let frame = Frame::new(&shop, Some(&visitor), &format!("{} · Fern & Field", product.name));
    show(StatusCode::OK, &ProductPage { frame, product, more: others.take(3).collect() })
}

#[derive(Template)]
#[template(path = "cart.html")]
struct CartPage {
    frame: Frame,
    cart: Cart,
}

/// `GET /cart`
pub(super) async fn cart(State(shop): State<Shop>, visitor: Visitor) -> Result<Response, Failure> {
    let frame = Frame::new(&shop, Some(&visitor), "Your cart · Fern & Field");
    show(StatusCode::OK, &CartPage { frame, cart: visitor.cart })
}

/// `POST /cart`: adds a product, and remembers the click a friend's link left.
pub(super) async fn add(
    State(shop): State<Shop>,
    visitor: Visitor,
    form: Fields,
) -> Result<Response, Failure> {
    let product = catalogue::find(form.text("product")).ok_or(Failure::NOT_FOUND)?;
    let quantity = form.text("quantity").parse().unwrap_or(1).clamp(1, MOST);
    let click = visitor.click(Some(&form));
    let secret = shop
        .db(move |tx| {
            let (session, secret) = visitor.settle(tx, click.as_ref())?;
            session.add(tx, product.slug, quantity)?;
            Ok(secret)
        })
        .await?;
    Ok(go(&shop, "/cart", secret.as_deref()))
}

/// `POST /cart/{slug}`: another quantity, or none.
pub(super) async fn change(
    State(shop): State<Shop>,
    visitor: Visitor,
    Path(slug): Path<String>,
    form: Fields,
) -> Result<Response, Failure> {
    let removed = form.get("remove").is_some();
    let quantity = if removed { Some(0) } else { form.text("quantity").parse().ok() };
    if let (Some(session), Some(quantity)) = (visitor.session, quantity) {
        shop.db(move |tx| session.set(tx, &slug, quantity)).await?;
    }
    Ok(go(&shop, "/cart", None))
}
