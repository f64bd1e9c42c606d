//! A customer's account: orders, refunds, and the link to share.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rusqlite::Transaction;

use super::fields::Fields;
use super::page::{Failure, Frame, show};
use super::visitor::{Visitor, go};
use crate::Shop;
use crate::clock;
use crate::fault::Fault;
use crate::goodword::{self, Message};
use crate::money::Cents;
use crate::store::{Customer, Purchase, PurchaseLine, Refund};
use crate::verdict::Verdict;

struct OrderView {
    order: Purchase,
    lines: Vec<PurchaseLine>,
    told: Option<Verdict>,
    refunds: Vec<(Refund, Option<Verdict>)>,
    /// What was typed for a partial refund and why it was not granted.
    mistake: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    customer: Customer,
    told: Option<Verdict>,
    orders: Vec<OrderView>,
}

/// A refund that was not granted: the order, what was typed, and why not.
struct Mistake {
    order_id: String,
    typed: String,
    reason: String,
}

/// `GET /account`
pub(super) async fn overview(State(shop): State<Shop>, visitor: Visitor) -> Result<Response, Failure> {
    account_page(&shop, &visitor, None).await
}

async fn account_page(shop: &Shop, visitor: &Visitor, mistake: Option<Mistake>) -> Result<Response, Failure> {
    let Some(customer) = visitor.customer().cloned() else {
        return Ok(go(shop, "/login", None));
    };
    let status = if mistake.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let id = customer.id.clone();
    let (told, orders) = shop
        .db(move |tx| {
            let orders = Purchase::all(tx, &id)?.into_iter().map(|order| view(tx, order, mistake.as_ref()));
            Ok((Verdict::find(tx, &format!("lead-{id}"))?, orders.collect::<Result<Vec<_>, _>>()?))
        })
        .await?;
    let frame = Frame::new(shop, Some(visitor), "Your account · Fern & Field");
    show(status, &AccountPage { frame, customer, told, orders })
}

fn view(tx: &Transaction<'_>, order: Purchase, mistake: Option<&Mistake>) -> Result<OrderView, Fault> {
    let refunds = order.refunds(tx)?.into_iter().map(|refund| {
        let told = Verdict::find(tx, &format!("refund-{}", refund.id))?;
        Ok::<_, Fault>((refund, told))
    });
    Ok(OrderView {
        lines: order.lines(tx)?,
        told: Verdict::find(tx, &format!("sale-{}", order.id))?,
        refunds: refunds.collect::<Result<_, _>>()?,
        mistake: mistake.filter(|m| m.order_id == order.id).map(|m| (m.typed.clone(), m.reason.clone())),
        order,
    })
}

/// `GET /goodword-token`: who is logged in, for the panel. Nothing where nobody is.
pub(super) async fn token(State(shop): State<Shop>, visitor: Visitor) -> Result<Response, Failure> {
    let Some(customer) = visitor.customer() else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    Ok(goodword::identity_token(shop.config(), customer, clock::now())?.into_response())
}

/// `POST /orders/{id}/refunds`: all that is left, or the amount typed. Granted at once; a real shop would ask somebody.
pub(super) async fn refund(
    State(shop): State<Shop>,
    visitor: Visitor,
    Path(order_id): Path<String>,
    form: Fields,
) -> Result<Response, Failure> {
    let Some(customer) = visitor.customer() else {
        return Ok(go(&shop, "/login", None));
    };
    let customer_id = customer.id.clone();
    let asked = form.text("refund").to_owned();
    let typed = form.get("amount").map(|text| text.trim().to_owned());
    let (id, owner, wanted) = (order_id.clone(), customer_id.clone(), typed.clone());
    let outcome = shop
        .db(move |tx| {
            let Some(order) = Purchase::find(tx, &id, &owner)? else {
                return Ok(None);
            };
            if asked != order.next_refund_id() {
                return Ok(Some(Ok(()))); // the same form again: that refund is granted already
            }
            let amount = match amount(&order, wanted.as_deref()) {
                Ok(amount) => amount,
                Err(reason) => return Ok(Some(Err(reason))),
            };
            let now = clock::now();
            let refund_id = order.refund(tx, amount, now)?;
            // The refund and the message about it are kept together or not at all.
            Message::Refund { refund_id: &refund_id, order_id: &id, amount: amount.0 }
                .enqueue(tx, &owner, now)?;
            Ok(Some(Ok(())))
        })
        .await?;
    match outcome.ok_or(Failure::NOT_FOUND)? {
        Ok(()) => {
            shop.tell(&customer_id).await;
            Ok(go(&shop, &format!("/account#{order_id}"), None))
        }
        Err(reason) => {
            let mistake = Mistake { order_id, typed: typed.unwrap_or_default(), reason };
            account_page(&shop, &visitor, Some(mistake)).await
        }
    }
}

/// How much to give back: what was typed, or everything left when nothing could be typed.
fn amount(order: &Purchase, typed: Option<&str>) -> Result<Cents, String> {
    let left = order.remaining();
    let wanted = match typed {
        None => left,
        Some(text) => Cents::typed(text).ok_or("Type an amount in euro, like 12.50.")?,
    };
    if left == Cents(0) {
        Err("All of this order has been refunded already.".to_owned())
    } else if wanted == Cents(0) || wanted > left {
        Err(format!("Type an amount between €0.01 and {left}."))
    } else {
        Ok(wanted)
    }
}
