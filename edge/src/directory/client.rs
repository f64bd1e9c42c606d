//! Questions to the directory.

use super::session::{Listed, Opening, Used, Using};
use super::{Entry, Question};
use crate::facts::Name;
use crate::isolate::Isolate;
use crate::js;
use crate::problem::Problem;
use referral::facts::ProgramFacts;
use referral::input::Put;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Objects of the directory. Their number is part of where a name is found, so it never changes.
const SHARDS: u32 = 8;

/// The facts of the program with this name; only of programs that are confirmed.
pub(crate) async fn find(isolate: &Isolate, name: Name<'_>) -> Result<Option<ProgramFacts>, Problem> {
    let name = match name {
        Name::Host(host) => format!("host:{host}"),
        // A slug of sixteen characters has a hyphen, a uid has none.
        Name::Link(text) if text.len() == 16 && !text.contains('-') => format!("uid:{text}"),
        Name::Link(text) => format!("slug:{text}"),
    };
    match ask(isolate, shard(&name), &Question::Find(name)).await? {
        Some(facts) => Ok(Some(serde_json::from_str(&facts)?)),
        None => Ok(None),
    }
}

/// Puts the names of a program aside before it is created.
///
/// # Errors
/// 409 `slug_taken` or `host_taken`. A reservation that was never confirmed takes nothing.
pub(crate) async fn reserve(isolate: &Isolate, facts: &ProgramFacts) -> Result<(), Problem> {
    tell(isolate, facts, Question::Reserve).await
}

/// Makes the reserved names lead to the program.
///
/// # Errors
/// 409 `slug_taken` or `host_taken`: somebody else reserved the name in the meantime.
pub(crate) async fn confirm(isolate: &Isolate, facts: &ProgramFacts) -> Result<(), Problem> {
    tell(isolate, facts, Question::Confirm).await
}

/// Replaces what the directory says about a program, unless that is newer; names it no longer has are given up.
///
/// # Errors
/// 409 `host_taken`: another program has this host. Reserve before storing a change and it cannot happen.
pub(crate) async fn publish(isolate: &Isolate, facts: &ProgramFacts) -> Result<(), Problem> {
    tell(isolate, facts, Question::Publish).await
}

/// Every object hears of every program, also where it holds none of its names: see the module's head.
async fn tell(
    isolate: &Isolate,
    facts: &ProgramFacts,
    question: fn(Entry) -> Question,
) -> Result<(), Problem> {
    let hosts = facts.hosts.iter().map(|host| format!("host:{host}"));
    let names: Vec<String> =
        [format!("slug:{}", facts.slug), format!("uid:{}", facts.uid)].into_iter().chain(hosts).collect();
    let text = serde_json::to_string(facts)?;
    for number in 0..SHARDS {
        let entry = Entry {
            uid: facts.uid.clone(),
            version: facts.version,
            names: names.iter().filter(|name| shard(name) == number).cloned().collect(),
            facts: text.clone(),
        };
        if let Some(taken) = ask(isolate, number, &question(entry)).await? {
            return Err(match taken.split_once(':') {
                Some(("host", host)) => {
                    let detail = format!("Another program serves its links on {host}.");
                    Problem::conflict("host_taken", detail).put(vec![Put::Text(host.to_owned())])
                }
                _ => Problem::conflict(
                    "slug_taken",
                    format!("Another program has the slug {}. Choose another one.", facts.slug),
                ),
            });
        }
    }
    Ok(())
}

/// Programs of one page of the operator's list.
pub(crate) const PROGRAMS: usize = 50;

/// The programs of this deployment whose uid comes after this one, in its order; at most [`PROGRAMS`].
pub(crate) async fn programs(isolate: &Isolate, after: &str) -> Result<Vec<ProgramFacts>, Problem> {
    let mut programs: Vec<ProgramFacts> = Vec::new();
    for number in 0..SHARDS {
        let found = ask(isolate, number, &Question::Programs(after.to_owned())).await?.unwrap_or_default();
        let found: Vec<String> = serde_json::from_str(&found)?;
        for facts in &found {
            programs.push(serde_json::from_str(facts)?);
        }
    }
    programs.sort_by(|one, other| one.uid.cmp(&other.uid));
    programs.truncate(PROGRAMS);
    Ok(programs)
}

/// Opens a session of the operator's.
pub(crate) async fn open_session(isolate: &Isolate, opening: Opening) -> Result<(), Problem> {
    ask(isolate, 0, &Question::OpenSession(opening)).await.map(|_| ())
}

/// The operator's session of a secret; none where it is not good.
pub(crate) async fn use_session(isolate: &Isolate, using: Using) -> Result<Option<Used>, Problem> {
    let found = ask(isolate, 0, &Question::UseSession(using)).await?;
    Ok(found.as_deref().map(serde_json::from_str).transpose()?)
}

/// The operator's sessions that are good, the last used first.
pub(crate) async fn sessions(isolate: &Isolate, key_hash: &str) -> Result<Vec<Listed>, Problem> {
    let found = ask(isolate, 0, &Question::Sessions(key_hash.to_owned())).await?.unwrap_or_default();
    Ok(serde_json::from_str(&found)?)
}

/// Ends a session of the operator's, by the hash of its secret.
pub(crate) async fn leave_session(isolate: &Isolate, hash: &str) -> Result<(), Problem> {
    ask(isolate, 0, &Question::LeaveSession(hash.to_owned())).await.map(|_| ())
}

/// Ends a session of the operator's, by its id.
pub(crate) async fn end_session(isolate: &Isolate, id: &str) -> Result<(), Problem> {
    ask(isolate, 0, &Question::EndSession(id.to_owned())).await.map(|_| ())
}

/// Ends all sessions of the operator's but the one with this id.
pub(crate) async fn end_other_sessions(isolate: &Isolate, id: &str) -> Result<(), Problem> {
    ask(isolate, 0, &Question::EndOtherSessions(id.to_owned())).await.map(|_| ())
}

async fn ask(isolate: &Isolate, shard: u32, question: &Question) -> Result<Option<String>, Problem> {
    let object = isolate.directory(&shard.to_string())?;
    let question = serde_json::to_string(question)?;
    let response =
        JsFuture::from(js::call(&object, "POST", "https://directory/", "", Some(&question))?).await?;
    let response: web_sys::Response = response.unchecked_into();
    match response.status() {
        200 => {
            let text = JsFuture::from(response.text()?).await.unwrap_or(JsValue::NULL);
            Ok(text.as_string())
        }
        204 => Ok(None),
        status => Err(Problem::internal(&format!("directory {shard} answered {status}"))),
    }
}

/// FNV-1a: spreads names evenly and is the same everywhere.
fn shard(name: &str) -> u32 {
    let hash =
        name.bytes().fold(0x811C_9DC5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash ^ hash >> 15) % SHARDS
}
