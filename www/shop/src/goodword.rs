//! Everything a merchant's server does for Goodword. If you run a shop, this is the file to copy.
//!
//! 1. **Read the click.** A visitor who followed a referral link carries a click id. [`ClickId::choose`] finds it.
//! 2. **Tell three things**, with the secret key, as they happen: a sign-up ([`Message::Lead`]), an order
//!    ([`Message::Sale`]) and money given back ([`Message::Refund`]).
//! 3. **Never make a customer wait for it.** Each message is written to an outbox in the same transaction as the
//!    sign-up, order or refund it tells of ([`Message::enqueue`]), then sent ([`Goodword::deliver`]). If Goodword
//!    cannot be reached the sale stands, and the message goes out later. Sending one twice does no harm: the
//!    `Idempotency-Key` and the ids say it is the same.
//! 4. **Say who is signed in.** A page that shows the panel asks for a token that names the customer
//!    ([`identity_token`]), so that their link is theirs on every device.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::{OptionalExtension, Transaction, params};
use serde::Serialize;
use serde_json::json;
use sha2::Sha256;

use crate::clock::Seconds;
use crate::config::{Config, SecretKey};
use crate::fault::Fault;
use crate::store::{Customer, Store, sql};

/// How long Goodword may take before the shop goes on without it.
const TIMEOUT: Duration = Duration::from_secs(3);

/// How many seconds a new message is left to the request that wrote it, before the background sender takes it on.
const HEAD_START: Seconds = 4;

/// How many seconds an identity token is good for; the page asks for another when it is over.
const TOKEN_LIFETIME: Seconds = 600;

/// Goodword's proof that a visitor followed somebody's link: `gwc_…`. The shop passes it on and does not look inside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ClickId(String);

impl ClickId {
    /// The cookie, and the hidden form field, that carries it.
    pub const NAME: &str = "gw_click";

    /// Reads a click id. Anything of another shape is no click id; whether it is genuine, Goodword decides.
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        let ok = raw.len() <= 120
            && raw.strip_prefix("gwc_").is_some_and(|id| !id.is_empty() && id.bytes().all(fits));
        ok.then(|| Self(raw.to_owned()))
    }

    /// The click to report, in this order:
    /// 1. the cookie: set by Goodword's server, it outlives the page and is out of reach for scripts;
    /// 2. the form field that `goodword.js` adds, for browsers that refuse the cookie;
    /// 3. what the shop remembers from an earlier visit.
    pub fn choose<'a>(
        cookies: impl IntoIterator<Item = &'a str>,
        field: Option<&'a str>,
        remembered: impl IntoIterator<Item = &'a str>,
    ) -> Option<Self> {
        cookies.into_iter().chain(field).chain(remembered).find_map(Self::parse)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What Goodword is told. Each becomes the JSON body of one `POST`.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Message<'a> {
    /// Somebody signed up. Binds the customer to the click, so that later sales are credited without it.
    Lead {
        /// The shop's id of the customer.
        customer_id: &'a str,
        /// The click that brought them, when there was one.
        #[serde(skip_serializing_if = "Option::is_none")]
        click_id: Option<ClickId>,
        /// Their e-mail address.
        email: &'a str,
        /// Their name.
        name: &'a str,
        /// When they signed up, RFC 3339: the message may arrive much later.
        occurred_at: &'a str,
    },
    /// A customer paid.
    Sale {
        /// The shop's id of the order.
        order_id: &'a str,
        /// Who paid.
        customer_id: &'a str,
        /// What they paid, in minor units: cents.
        amount: i64,
        /// ISO 4217.
        currency: &'a str,
        /// When they paid, RFC 3339: the message may arrive much later.
        occurred_at: &'a str,
        /// The click that brought them, when there was one.
        #[serde(skip_serializing_if = "Option::is_none")]
        click_id: Option<ClickId>,
    },
    /// Money went back, all or part of an order.
    Refund {
        /// The shop's id of the refund.
        refund_id: &'a str,
        /// The order it belongs to.
        order_id: &'a str,
        /// How much, in minor units.
        amount: i64,
    },
}

impl Message<'_> {
    fn path(&self) -> &'static str {
        match self {
            Self::Lead { .. } => "/v1/leads",
            Self::Sale { .. } => "/v1/sales",
            Self::Refund { .. } => "/v1/refunds",
        }
    }

    /// One fact, one key, for ever: however often it is sent, it counts once.
    #[must_use]
    pub fn idempotency_key(&self) -> String {
        match self {
            Self::Lead { customer_id, .. } => format!("lead-{customer_id}"),
            Self::Sale { order_id, .. } => format!("sale-{order_id}"),
            Self::Refund { refund_id, .. } => format!("refund-{refund_id}"),
        }
    }

    /// Puts the message into the outbox, in the transaction that writes what it tells of: both are kept or neither.
    pub fn enqueue(&self, tx: &Transaction<'_>, customer_id: &str, now: Seconds) -> Result<(), Fault> {
        let row = params![
            self.idempotency_key(),
            customer_id,
            self.path(),
            serde_json::to_string(self)?,
            now + HEAD_START
        ];
        tx.prepare_cached(sql::OUTBOX_INSERT)?.execute(row)?;
        Ok(())
    }
}

/// Who is signed in, for Goodword to believe: a JWT signed with HMAC-SHA256.
pub fn identity_token(config: &Config, customer: &Customer, now: Seconds) -> Result<String, Fault> {
    // A program's id is the part of its publishable key that names it.
    let program = config.publishable_key.split('_').nth(2).unwrap_or_default();
    let claims = json!({
        "iss": format!("prg_{}", program.get(..16).unwrap_or(program)),
        "aud": "goodword",
        // The same id as in messages: a customer who buys over their own link is recognised.
        "sub": customer.id,
        "email": customer.email,
        "name": customer.name,
        "iat": now,
        "exp": now + TOKEN_LIFETIME,
    });
    let header = BASE64URL.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let signed = format!("{header}.{}", BASE64URL.encode(claims.to_string()));
    let key = config.identity_key.reveal().as_bytes();
    let mac = Hmac::<Sha256>::new_from_slice(key).map_err(|e| Fault::Hash(e.to_string()))?;
    let tag = mac.chain_update(&signed).finalize().into_bytes();
    Ok(format!("{signed}.{}", BASE64URL.encode(tag)))
}

/// A message out of the outbox, on its way.
struct Letter {
    id: i64,
    idempotency_key: String,
    path: String,
    body: String,
}

/// What came of sending it.
enum Reply {
    /// An answer that stays the same however often it is asked for.
    Final { status: u16, answer: String },
    /// Goodword was not there, not well, or does not know our key: worth another try.
    Later { trouble: String },
}

/// The way to Goodword.
pub struct Goodword {
    agent: ureq::Agent,
    edge: String,
    secret_key: SecretKey,
}

impl Goodword {
    /// Calls go to the origin `edge` and carry the secret key. Nothing is sent yet.
    #[must_use]
    pub fn new(edge: String, secret_key: SecretKey) -> Self {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false) // a refusal is an answer too, and its body says why
            .max_redirects(0) // the key goes to this address and no other
            .proxy(None)
            .build()
            .new_agent();
        Self { agent, edge, secret_key }
    }

    /// Sends what is due, oldest first: one customer's messages, or everybody's. Stops at the first that does not get
    /// through; the outbox has then booked the next attempt already. Blocks for up to three seconds a message.
    pub fn deliver(&self, store: &Store, customer_id: Option<&str>, now: Seconds) -> Result<(), Fault> {
        while let Some(letter) = store.run(|tx| claim(tx, customer_id, now))? {
            match self.post(&letter) {
                Reply::Final { status, answer } => store.run(|tx| {
                    tx.prepare_cached(sql::OUTBOX_SETTLE)?.execute(params![letter.id, status, answer])?;
                    Ok(())
                })?,
                Reply::Later { trouble } => {
                    return store.run(|tx| {
                        tx.prepare_cached(sql::OUTBOX_TROUBLE)?.execute(params![letter.id, trouble])?;
                        Ok(())
                    });
                }
            }
        }
        Ok(())
    }

    fn post(&self, letter: &Letter) -> Reply {
        let sent = self
            .agent
            .post(format!("{}{}", self.edge, letter.path))
            .header("Authorization", format!("Bearer {}", self.secret_key.reveal()))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", &letter.idempotency_key)
            .send(&letter.body);
        let answered = sent
            .and_then(|mut response| Ok((response.status().as_u16(), response.body_mut().read_to_string()?)));
        match answered {
            // Accepted, or refused for what the message says: no retry changes that. Goodword speaks JSON; a page in
            // its place comes from something in between.
            Ok((status @ (200..=299 | 400 | 409 | 413 | 415 | 422), answer))
                if answer.trim_start().starts_with('{') =>
            {
                Reply::Final { status, answer }
            }
            Ok((status, _)) => Reply::Later { trouble: format!("Goodword answered {status}") },
            Err(e) => Reply::Later { trouble: in_words(&e) },
        }
    }
}

fn in_words(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => format!("no answer within {} seconds", TIMEOUT.as_secs()),
        ureq::Error::Io(_) | ureq::Error::ConnectionFailed | ureq::Error::HostNotFound => {
            "it cannot be reached".to_owned()
        }
        other => other.to_string(),
    }
}

fn claim(tx: &Transaction<'_>, customer_id: Option<&str>, now: Seconds) -> Result<Option<Letter>, Fault> {
    let letter = tx.prepare_cached(sql::OUTBOX_CLAIM)?.query_row(params![now, customer_id], |r| {
        Ok(Letter { id: r.get(0)?, idempotency_key: r.get(1)?, path: r.get(2)?, body: r.get(3)? })
    });
    Ok(letter.optional()?)
}

#[cfg(test)]
mod tests {
    use super::{ClickId, Message, identity_token};
    use crate::config::Config;
    use crate::store::Customer;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;

    #[test]
    fn a_token_names_the_customer_as_messages_do_and_ends_soon() {
        let config = Config::read(|name| {
            Some(match name {
                "SHOP_ADDR" => "127.0.0.1:1".to_owned(),
                "SHOP_DATA" => "unused".to_owned(),
                "GOODWORD_PUBLISHABLE_KEY" => format!("pk_live_{}{}", "u".repeat(16), "s".repeat(34)),
                "GOODWORD_SECRET_KEY" => "sk_live_1".to_owned(),
                "GOODWORD_IDENTITY_KEY" => "ik_live_1".to_owned(),
                _ => "http://localhost".to_owned(),
            })
        });
        let customer = Customer {
            id: "cus_1".to_owned(),
            name: "Zoë \"Z\"".to_owned(),
            email: "z@b.example".to_owned(),
            click_id: None,
        };
        let token = identity_token(&config.expect("settings"), &customer, 1_000).expect("a token");
        let parts: Vec<Vec<u8>> =
            token.split('.').map(|part| BASE64URL.decode(part).expect("base64url")).collect();
        let json = |part: &[u8]| serde_json::from_slice::<serde_json::Value>(part).expect("json");
        assert_eq!(json(&parts[0]), serde_json::json!({"alg": "HS256", "typ": "JWT"}));
        assert_eq!(
            json(&parts[1]),
            serde_json::json!({
                "iss": "prg_uuuuuuuuuuuuuuuu", "aud": "goodword", "sub": "cus_1",
                "email": "z@b.example", "name": "Zoë \"Z\"", "iat": 1_000, "exp": 1_600,
            })
        );
        assert_eq!(parts[2].len(), 32);
    }

    #[test]
    fn the_cookie_comes_before_the_field_and_the_field_before_memory() {
        let check = |cookies: &[&str], field, remembered: &[&str], expected: Option<&str>| {
            let chosen = ClickId::choose(cookies.iter().copied(), field, remembered.iter().copied());
            assert_eq!(
                chosen.as_ref().map(ClickId::as_str),
                expected,
                "{cookies:?} {field:?} {remembered:?}"
            );
        };
        check(&["gwc_cookie"], Some("gwc_field"), &["gwc_kept"], Some("gwc_cookie"));
        check(&[], Some("gwc_field"), &["gwc_kept"], Some("gwc_field"));
        check(&[], None, &["gwc_session", "gwc_customer"], Some("gwc_session"));
        check(&["rubbish", "gwc_second"], Some("gwc_field"), &[], Some("gwc_second"));
        check(&["<script>"], Some(""), &["gwc_kept"], Some("gwc_kept"));
        check(&[], None, &[], None);
    }

    #[test]
    fn only_the_shape_of_a_click_id_is_passed_on() {
        let longest = format!("gwc_{}", "a".repeat(116));
        for good in ["gwc_a", "gwc_A-z_09", longest.as_str()] {
            assert!(ClickId::parse(good).is_some(), "{good}");
        }
        let too_long = format!("{longest}a");
        for bad in ["", "gwc_", "gwx_a", "gwc_a b", "gwc_\"", "gwc_é", " gwc_a", "GWC_a", too_long.as_str()]
        {
            assert!(ClickId::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn messages_are_the_bodies_of_the_public_contract() {
        let check = |message: &Message<'_>, key: &str, body: &str| {
            assert_eq!(message.idempotency_key(), key);
            assert_eq!(serde_json::to_string(message).expect("json"), body);
        };
        let click_id = ClickId::parse("gwc_1");
        check(
            &Message::Lead {
                customer_id: "cus_1",
                click_id: click_id.clone(),
                email: "a@b.example",
                name: "Ada \"A\"",
                occurred_at: "2026-11-21T10:14:43Z",
            },
            "lead-cus_1",
            r#"{"customer_id":"cus_1","click_id":"gwc_1","email":"a@b.example","name":"Ada \"A\"","occurred_at":"2026-11-21T10:14:43Z"}"#,
        );
        check(
            &Message::Sale {
                order_id: "FF-1",
                customer_id: "cus_1",
                amount: 2400,
                currency: "EUR",
                occurred_at: "2026-11-21T10:14:43Z",
                click_id: None,
            },
            "sale-FF-1",
            r#"{"order_id":"FF-1","customer_id":"cus_1","amount":2400,"currency":"EUR","occurred_at":"2026-11-21T10:14:43Z"}"#,
        );
        check(
            &Message::Refund { refund_id: "FF-1-R1", order_id: "FF-1", amount: 1 },
            "refund-FF-1-R1",
            r#"{"refund_id":"FF-1-R1","order_id":"FF-1","amount":1}"#,
        );
    }
}
