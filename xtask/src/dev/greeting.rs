//! What a person reads, or a program parses, when everything runs.

use super::Running;
use anyhow::Result;
use serde_json::json;
use std::io::{Write as _, stdout};

pub(super) fn print(running: &Running, json: bool) -> Result<()> {
    let text = if json { line(running) } else { greeting(running) };
    let mut out = stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()?;
    Ok(())
}

fn line(running: &Running) -> String {
    json!({
        "edge": running.edge,
        "shop": running.shop,
        "dashboard": format!("{}/dashboard", running.edge),
        "program": "demo",
        "publishable_key": running.publishable_key,
        "secret_key": running.secret_key,
        "admin_key": running.admin_key,
        "pid": std::process::id(),
    })
    .to_string()
}

fn greeting(running: &Running) -> String {
    let Running { edge, shop, secret_key, data, .. } = running;
    format!(
        "
Goodword is running.

  Demo shop   {shop}
  Edge        {edge}
  Dashboard   {edge}/dashboard

Try it:
  1. Open {shop}/share and copy your link.
  2. Open the link in a private window, create an account there as your friend, and buy something.
  3. Look at the first window again: your friend, the sale and your reward are there.
  4. See it as the merchant: sign in at {edge}/dashboard with
     {secret_key}

Ask the API what happened:
  curl {edge}/v1/sales -H 'Authorization: Bearer {secret_key}'

Everything is kept in {data}. Ctrl-C stops both servers.",
        data = data.display(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running() -> Running {
        Running {
            edge: "http://localhost:1".into(),
            shop: "http://localhost:2".into(),
            publishable_key: "pk_live_x".into(),
            secret_key: "sk_live_x".into(),
            identity_key: "ik_live_x".into(),
            admin_key: "ak_x".into(),
            data: "/d".into(),
        }
    }

    #[test]
    fn the_line_of_json_is_one_line_with_every_agreed_name() {
        let line = line(&running());
        assert!(!line.contains('\n'));
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        let names =
            ["edge", "shop", "dashboard", "program", "publishable_key", "secret_key", "admin_key", "pid"];
        for name in names {
            assert!(value.get(name).is_some(), "{name}");
        }
        assert_eq!(value.as_object().unwrap().len(), names.len());
    }

    #[test]
    fn the_greeting_names_both_addresses_and_a_call_to_try() {
        let text = greeting(&running());
        for part in ["http://localhost:1", "http://localhost:2", "curl ", "sk_live_x", "/d"] {
            assert!(text.contains(part), "{part}");
        }
    }
}
