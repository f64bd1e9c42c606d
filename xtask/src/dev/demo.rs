//! The demo program, created through the same API an operator uses.

use super::memory::{DemoProgram, Memory};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::time::Duration;

/// Creates the demo program on the first start; later only sends its visitors to where the shop
/// is now.
pub(super) fn program(edge: &str, shop: &str, memory: &mut Memory) -> Result<DemoProgram> {
    let destination = format!("{shop}/");
    let program = match memory.program.take() {
        None => create(edge, &destination, memory)?,
        Some(known) if known.destination != destination => moved(edge, &destination, known)?,
        Some(known) => known,
    };
    let program = if program.identity_key.is_empty() { with_identity(edge, program)? } else { program };
    memory.program = Some(program.clone());
    memory.save()?;
    Ok(program)
}

fn create(edge: &str, destination: &str, memory: &Memory) -> Result<DemoProgram> {
    let body = json!({
        "slug": "demo",
        "name": "Fern & Field",
        "kind": "referral",
        "destination": destination,
        "currency": "EUR",
        "terms": {
            "attribution": "last_click",
            "window_days": 90,
            "hold_days": 30,
            "rewards": [
                {"id": "referrer_share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
                {"id": "friend_gift", "on": "sale", "to": "friend", "pay": {"flat": 500}},
                {"id": "lead_fee", "on": "lead", "to": "referrer", "pay": {"flat": 100}},
            ],
        },
        // Whoever tries the demo clicks faster than a customer, and plays all the customers.
        "fraud": {"off": ["too_fast", "velocity"]},
    });
    // The keys are shown once. If we are killed before they are saved, the same idempotency key
    // brings the same answer again.
    let answer = agent()
        .post(format!("{edge}/v1/programs"))
        .header("Authorization", format!("Bearer {}", memory.admin_key))
        .header("Idempotency-Key", "xtask-dev-demo-program")
        .send_json(&body);
    let answer = read(answer).context("the demo program could not be created")?;
    if answer.status == 409 {
        bail!(
            "this data folder has a demo program whose keys {} does not know: choose another folder with --data",
            memory.file().display()
        );
    }
    if answer.status != 201 {
        bail!("the demo program could not be created: {}", answer.words());
    }
    let key = |name: &str| {
        answer.body["keys"][name]
            .as_str()
            .map(str::to_owned)
            .with_context(|| format!("the answer to POST /v1/programs has no keys.{name}"))
    };
    Ok(DemoProgram {
        publishable_key: key("publishable_live")?,
        secret_key: key("secret_live")?,
        identity_key: key("identity_live")?,
        destination: destination.to_owned(),
    })
}

fn moved(edge: &str, destination: &str, known: DemoProgram) -> Result<DemoProgram> {
    let answer = agent()
        .patch(format!("{edge}/v1/program"))
        .header("Authorization", format!("Bearer {}", known.secret_key))
        .send_json(json!({"destination": destination}));
    let answer = read(answer).context("the demo program could not be moved to the shop's new port")?;
    if answer.status != 200 {
        bail!("the demo program could not be moved to the shop's new port: {}", answer.words());
    }
    Ok(DemoProgram { destination: destination.to_owned(), ..known })
}

/// Makes an identity key for a program whose keys were saved without one.
fn with_identity(edge: &str, known: DemoProgram) -> Result<DemoProgram> {
    let answer = agent()
        .post(format!("{edge}/v1/keys"))
        .header("Authorization", format!("Bearer {}", known.secret_key))
        .send_json(json!({"kind": "identity", "overlap_hours": 0}));
    let answer = read(answer).context("the demo program could not be given an identity key")?;
    let Some(key) = answer.body["key"].as_str() else {
        bail!("the demo program could not be given an identity key: {}", answer.words());
    };
    Ok(DemoProgram { identity_key: key.to_owned(), ..known })
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(20)))
        .http_status_as_error(false)
        .build()
        .into()
}

struct Answer {
    status: u16,
    body: Value,
}

impl Answer {
    /// The problem's own words, or whatever came.
    fn words(&self) -> String {
        match self.body["detail"].as_str() {
            Some(detail) => format!("{} {detail}", self.status),
            None => format!("{} {}", self.status, self.body),
        }
    }
}

fn read(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Answer> {
    let mut answer = answer?;
    let text = answer.body_mut().read_to_string()?;
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Ok(Answer { status: answer.status().as_u16(), body })
}
