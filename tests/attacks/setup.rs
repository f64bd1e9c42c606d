//! What a program is set up with, and a referrer at their page, while the edge is killed: people from a file, the look,
//! what is shared, what was thought of, ways in and sessions.

use crate::commands::{PNG, picture};
use crate::office::{Clerk, Gone, Line, text};
use serde_json::json;
use tests::desk::Desk;
use tests::http::{Answer, Request};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setup {
    People,
    Look,
    Library,
    Thoughts,
    Page,
}

/// One piece of such work, and what is so from then on.
pub(crate) fn step(work: Setup, clerk: &mut Clerk, line: &mut Line<'_>) -> Result<(), Gone> {
    let name = format!("{work:?}-{}", clerk.made).to_lowercase();
    match work {
        Setup::People => {
            let row = |at: u32| format!("{name}-{at} {name}-{at}b,{name}-{at},Row {at}\n");
            let csv: String =
                std::iter::once("code,external_id,name\n".to_owned()).chain((0..5).map(row)).collect();
            line.post("/v1/referrers/import", &json!({"csv": csv, "format": "other"}))?;
            let there = "SELECT count(*) FROM referrer r JOIN further_code f ON f.referrer_id = r.id
                WHERE r.external_id LIKE ? || '-%'";
            clerk.learn(there, &json!(name), "5");
        }
        Setup::Look => {
            let accent = format!("#{:06x}", clerk.made % 0x40_0000);
            let changed = line.call("PATCH", "/v1/look", &json!({"theme": {"accent": accent}}))?;
            let kept = "SELECT json_extract(body, '$.theme.accent') FROM look WHERE version = ?";
            clerk.learn(kept, &changed["version"], accent);
        }
        Setup::Library => {
            let made = line.post("/v1/assets", &picture(&name, PNG))?;
            clerk.learn("SELECT title FROM asset WHERE id = ?", &made["id"], name);
            line.call("DELETE", &format!("/v1/assets/{}", text(&made["id"])), &json!({}))?;
            let retired = "SELECT count(*) FROM asset_retired WHERE asset_id = ?";
            clerk.learn(retired, &made["id"], "1");
        }
        Setup::Thoughts => {
            let said = json!({"point": "goals", "done": clerk.chance.below(2) == 0, "note": name});
            line.post("/v1/readiness", &said)?;
            clerk.learn("SELECT count(*) FROM readiness WHERE note = ?", &json!(name), "1");
        }
        Setup::Page => page(clerk, line)?,
    }
    Ok(())
}

/// Joins, comes in over a way in, says a name, and now and then leaves for good.
fn page(clerk: &mut Clerk, line: &mut Line<'_>) -> Result<(), Gone> {
    let proof = format!("gws_{:A>42}A", clerk.made);
    let key = line.program.key("publishable_live").to_owned();
    let panel = |path: &str, body| Request::post(path, &body).key(&key).header("goodword-proof", &proof);
    let joined = told(line, &panel("/v1/widget/join", json!({ "proof": proof })))?;
    let id = &joined.json()["id"];
    let way_in = told(line, &panel("/v1/widget/portal", json!({})))?.json();
    let url = text(&way_in["url"]);
    let secret = url.split_once("?key=").map(|(_, key)| key.to_owned()).unwrap_or_default();
    let at = |page: &str| format!("/p/{}/{page}", line.program.slug);
    let (enter, profile, leave) = (at("enter"), at("profile"), at("leave"));
    // Tries to come in are counted by address.
    let address = format!("10.200.{}.{}", clerk.made >> 8 & 255, clerk.made & 255);
    let own = |path: &str, fields: &[(&str, &str)], cookie: &str| {
        let form = Desk::form(path, fields).header("sec-fetch-site", "same-origin").header("cookie", cookie);
        form.header(tests::house::CLIENT_IP, &address).header("accept-language", "en")
    };
    let entered = told(line, &own(&enter, &[("key", &secret)], ""))?;
    let cookie = entered.header("set-cookie").and_then(|line| line.split(';').next()).unwrap_or_default();
    let sessions = "SELECT count(*) FROM portal_session WHERE referrer_id = ?";
    let leaves = clerk.chance.below(3) == 0;
    told(line, &own(&profile, &[("name", "Row"), ("email", "")], cookie))?;
    if leaves {
        told(line, &own(&leave, &[("word", "leave")], cookie))?;
    }
    clerk.learn(sessions, id, if leaves { "0" } else { "1" });
    let named = "SELECT count(*) FROM person WHERE id = ? AND name = 'Row'";
    clerk.learn(named, id, if leaves { "0" } else { "1" });
    Ok(())
}

/// Sends something that must be taken.
fn told(line: &mut Line<'_>, request: &Request) -> Result<Answer, Gone> {
    let answer = line.connection.call(request).map_err(|_| Gone)?;
    assert!(matches!(answer.status, 200 | 201 | 303), "{} {}", answer.status, answer.text());
    Ok(answer)
}
