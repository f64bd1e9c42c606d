//! Checking out: an order, and the sale Goodword is told of.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::fields::{Fields, Input};
use super::page::{Failure, Frame, show};
use super::visitor::{Visitor, go};
use crate::cart::Cart;
use crate::clock;
use crate::goodword::Message;
use crate::money::CURRENCY;
use crate::store::{NewPurchase, Purchase, PurchaseLine};
use crate::verdict::Verdict;
use crate::{Shop, random};

/// The one card this shop takes. It belongs to nobody and moves no money.
const TEST_CARD: &str = "4242 4242 4242 4242";
/// A card that is always declined, to try that too.
const DECLINED_CARD: &str = "4000 0000 0000 0002";

#[derive(Template)]
#[template(path = "checkout.html")]
struct CheckoutPage {
    frame: Frame,
    cart: Cart,
    checkout: String,
    inputs: [Input; 3],
}

fn inputs(name: &str, address: &str, card: &str) -> [Input; 3] {
    [
        Input::new("recipient", "Full name", "text", "name").value(name),
        Input::new("address", "Delivery address", "lines", "street-address").value(address),
        Input::new("card", "Test card number", "text", "off")
            .hint("This is a demo: no money moves, and no other number is taken.")
            .value(card),
    ]
}

/// `GET /checkout`
pub(super) async fn form(State(shop): State<Shop>, visitor: Visitor) -> Result<Response, Failure> {
    let Some(customer) = visitor.customer() else {
        return Ok(go(&shop, "/signup?next=checkout", None));
    };
    if visitor.cart.is_empty() {
        return Ok(go(&shop, "/cart", None));
    }
    let inputs = inputs(&customer.name, "", TEST_CARD);
    let frame = Frame::new(&shop, Some(&visitor), "Checkout · Fern & Field");
    show(StatusCode::OK, &CheckoutPage { frame, cart: visitor.cart, checkout: random::secret()?, inputs })
}

/// `POST /checkout`. The form carries a number of its own: sent twice, it is one order.
pub(super) async fn place(
    State(shop): State<Shop>,
    visitor: Visitor,
    form: Fields,
) -> Result<Response, Failure> {
    let Some(customer) = visitor.customer() else {
        return Ok(go(&shop, "/login?next=checkout", None));
    };
    let customer_id = customer.id.clone();
    let (recipient, address) = (form.text("recipient").to_owned(), form.text("address").to_owned());
    let checkout = form.text("checkout").to_owned();
    if checkout.is_empty() || checkout.len() > 64 {
        return Ok(go(&shop, "/checkout", None));
    }
    let errors = mistakes(&recipient, &address, form.text("card"));
    if errors.iter().any(Option::is_some) {
        let mut errors = errors.into_iter();
        let inputs =
            inputs(&recipient, &address, TEST_CARD).map(|input| input.error(errors.next().flatten()));
        let frame = Frame::new(&shop, Some(&visitor), "Checkout · Fern & Field");
        let page = CheckoutPage { frame, cart: visitor.cart, checkout, inputs };
        return show(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }

    let click = visitor.click(Some(&form));
    let buyer = customer_id.clone();
    let order_id = shop
        .db(move |tx| {
            if let Some(placed) = Purchase::of_checkout(tx, &checkout, &buyer)? {
                return Ok(Some(placed));
            }
            let (session, _) = visitor.settle(tx, click.as_ref())?;
            let cart = session.cart(tx)?;
            if cart.is_empty() {
                return Ok(None);
            }
            let now = clock::now();
            let id = random::order_id()?;
            let purchase = NewPurchase {
                id: &id,
                checkout: &checkout,
                customer_id: &buyer,
                recipient: &recipient,
                address: &address,
                cart: &cart,
            };
            purchase.insert(tx, now)?;
            session.clear(tx)?;
            // The order and the message about it are kept together or not at all.
            let amount = cart.total().0;
            let sale = Message::Sale {
                order_id: &id,
                customer_id: &buyer,
                amount,
                currency: CURRENCY,
                occurred_at: &clock::instant(now),
                click_id: click,
            };
            sale.enqueue(tx, &buyer, now)?;
            Ok(Some(id))
        })
        .await?;
    let Some(order_id) = order_id else {
        return Ok(go(&shop, "/cart", None));
    };
    shop.tell(&customer_id).await;
    Ok(go(&shop, &format!("/orders/{order_id}"), None))
}

/// What is wrong with recipient, address and card.
fn mistakes(recipient: &str, address: &str, card: &str) -> [Option<&'static str>; 3] {
    let digits = |text: &str| text.chars().filter(|c| !matches!(c, ' ' | '-')).collect::<String>();
    [
        match recipient.chars().count() {
            0 => Some("Tell us whose name goes on the parcel."),
            1..=100 => None,
            _ => Some("Use at most 100 characters."),
        },
        match address.chars().count() {
            0 => Some("Tell us where the parcel would go; any address will do in a demo."),
            1..=300 => None,
            _ => Some("Use at most 300 characters."),
        },
        match digits(card) {
            card if card == digits(TEST_CARD) => None,
            card if card == digits(DECLINED_CARD) => {
                Some("The card was declined, as this test number always is. Use 4242 4242 4242 4242.")
            }
            _ => Some(
                "Only the test number 4242 4242 4242 4242 works here. Never type a real card into a demo.",
            ),
        },
    ]
}

#[derive(Template)]
#[template(path = "placed.html")]
struct PlacedPage {
    frame: Frame,
    name: String,
    order: Purchase,
    lines: Vec<PurchaseLine>,
    verdict: Option<Verdict>,
}

/// `GET /orders/{id}`: the confirmation, with what Goodword was told and what it answered.
pub(super) async fn placed(
    State(shop): State<Shop>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let Some(customer) = visitor.customer() else {
        return Ok(go(&shop, "/login", None));
    };
    let (customer_id, name) = (customer.id.clone(), customer.name.clone());
    let found = shop
        .db(move |tx| {
            let Some(order) = Purchase::find(tx, &id, &customer_id)? else {
                return Ok(None);
            };
            let lines = order.lines(tx)?;
            let verdict = Verdict::find(tx, &format!("sale-{}", order.id))?;
            Ok(Some((order, lines, verdict)))
        })
        .await?;
    let (order, lines, verdict) = found.ok_or(Failure::NOT_FOUND)?;
    let frame = Frame::new(&shop, Some(&visitor), &format!("Order {} · Fern & Field", order.id));
    show(StatusCode::OK, &PlacedPage { frame, name, order, lines, verdict })
}
