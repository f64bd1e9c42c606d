//! Signing up: a customer, and the lead Goodword is told of.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::fields::{Fields, Input};
use super::login::Onward;
use super::page::{Failure, Frame, show};
use super::password;
use super::visitor::{Visitor, go};
use crate::goodword::{ClickId, Message};
use crate::store::NewCustomer;
use crate::{Shop, clock, random};

#[derive(Template)]
#[template(path = "signup.html")]
struct SignupPage {
    frame: Frame,
    onward: Onward,
    inputs: [Input; 3],
}

impl SignupPage {
    fn new(shop: &Shop, visitor: &Visitor, onward: Onward, inputs: [Input; 3]) -> Self {
        Self { frame: Frame::new(shop, Some(visitor), "Create your account · Fern & Field"), onward, inputs }
    }
}

fn inputs(form: Option<&Fields>) -> [Input; 3] {
    let typed = |name| form.map_or("", |f| f.text(name));
    [
        Input::new("name", "Name", "text", "name").value(typed("name")),
        Input::new("email", "Email", "email", "email").value(typed("email")),
        Input::new("password", "Password", "password", "new-password").hint("At least 8 characters."),
    ]
}

/// `GET /signup`
pub(super) async fn form(
    State(shop): State<Shop>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let onward = Onward::of_query(query.as_deref());
    if visitor.customer().is_some() {
        return Ok(go(&shop, onward.path(), None));
    }
    show(StatusCode::OK, &SignupPage::new(&shop, &visitor, onward, inputs(None)))
}

/// `POST /signup`
pub(super) async fn submit(
    State(shop): State<Shop>,
    visitor: Visitor,
    form: Fields,
) -> Result<Response, Failure> {
    let onward = Onward::named(form.text("next"));
    let (name, email) = (form.text("name").to_owned(), form.text("email").to_owned());
    let password = form.get("password").unwrap_or_default().to_owned();
    let [name_error, email_error, password_error] = mistakes(&name, &email, &password);
    if name_error.or(email_error).or(password_error).is_some() {
        let [n, e, p] = inputs(Some(&form));
        let inputs = [n.error(name_error), e.error(email_error), p.error(password_error)];
        return show(StatusCode::UNPROCESSABLE_ENTITY, &SignupPage::new(&shop, &visitor, onward, inputs));
    }

    let hash = password::hashed(password).await?;
    let click = visitor.click(Some(&form));
    let customer_id = random::customer_id()?;
    let (asking, id) = (visitor.clone(), customer_id.clone());
    let secret = shop
        .db(move |tx| {
            let now = clock::now();
            let click_id = click.as_ref().map(ClickId::as_str);
            let customer =
                NewCustomer { id: &id, email: &email, name: &name, password_hash: &hash, click_id };
            if !customer.insert(tx, now)? {
                return Ok(None);
            }
            // The customer and the message about them are kept together or not at all.
            let lead = Message::Lead {
                customer_id: &id,
                click_id: click.clone(),
                email: &email,
                name: &name,
                occurred_at: &clock::instant(now),
            };
            lead.enqueue(tx, &id, now)?;
            let (session, _) = asking.settle(tx, click.as_ref())?;
            Ok(Some(session.log_in(tx, &id, now)?))
        })
        .await?;
    let Some(secret) = secret else {
        let [n, e, p] = inputs(Some(&form));
        let inputs = [n, e.error(Some("There is an account with this address already. Log in instead.")), p];
        return show(StatusCode::UNPROCESSABLE_ENTITY, &SignupPage::new(&shop, &visitor, onward, inputs));
    };
    shop.tell(&customer_id).await;
    Ok(go(&shop, onward.path(), Some(&secret)))
}

/// What is wrong with name, e-mail and password.
fn mistakes(name: &str, email: &str, password: &str) -> [Option<&'static str>; 3] {
    let address = |(user, host): (&str, &str)| !user.is_empty() && host.len() > 2 && !host.contains('@');
    let plain = !email.contains(|c: char| c.is_whitespace() || c.is_control()) && email.len() <= 254;
    [
        match name.chars().count() {
            0 => Some("Tell us what to call you."),
            1..=100 => None,
            _ => Some("Use at most 100 characters."),
        },
        (!(plain && email.split_once('@').is_some_and(address)))
            .then_some("Type an address like ada@example.org."),
        match password.chars().count() {
            0..8 => Some("Use at least 8 characters."),
            8..=200 => None,
            _ => Some("Use at most 200 characters."),
        },
    ]
}
