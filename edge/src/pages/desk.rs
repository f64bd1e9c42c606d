//! Questions to a program's ledger in a session's name: calls of the API and what else pages need, the same truth for both.

use super::frame::{Frame, Section};
use super::session::Signed;
use super::visit::Visit;
use super::words::Words;
use crate::isolate::Isolate;
use crate::ledger::Meta;
use crate::ledger::client as ledger;
use crate::ledger::desk::{Around, Name};
use crate::problem::Problem;
use referral::api_key::Mode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A session at a ledger.
pub(super) struct Desk<'a> {
    pub(super) isolate: &'a Isolate,
    pub(super) visit: &'a Visit,
    pub(super) signed: &'a Signed,
    pub(super) mode: Mode,
    pub(super) words: Words,
}

/// Why the ledger would not.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Refusal {
    #[serde(default)]
    pub(super) status: u16,
    #[serde(default)]
    pub(super) detail: String,
    #[serde(default)]
    pub(super) errors: Vec<Fault>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Fault {
    pub(super) field: String,
    pub(super) detail: String,
}

/// What became of a command.
pub(super) type Outcome<T> = Result<T, Refusal>;

impl<'a> Desk<'a> {
    pub(super) fn new(isolate: &'a Isolate, visit: &'a Visit, signed: &'a Signed, mode: Mode) -> Self {
        Self { isolate, visit, signed, mode, words: Words::preferred(&visit.language) }
    }

    fn meta(&self, once: Option<&str>) -> Meta {
        // The session's key is one of its home's ledger only.
        let at_home = self.mode == self.signed.mode;
        Meta {
            request_id: self.visit.request_id.clone(),
            uid: self.signed.uid.clone(),
            test: self.mode == Mode::Test,
            key_hash: if at_home { self.signed.session.key_hash.clone() } else { String::new() },
            idempotency_key: once.map(str::to_owned),
            accept_language: Some(self.words.tag().to_owned()),
            session: Some(self.signed.session.id.clone()),
            ..Meta::default()
        }
    }

    async fn ask(
        &self,
        method: &str,
        target: &str,
        once: Option<&str>,
        body: Option<&str>,
    ) -> Result<Outcome<String>, Problem> {
        let (status, text) = ledger::ask(self.isolate, method, target, &self.meta(once), body).await?;
        match status {
            200..300 => Ok(Ok(text)),
            // Without a key there is no session; the ledger knows nothing of the rest.
            404 => Err(Problem::not_found()),
            400..500 => Ok(Err(Refusal { status, ..serde_json::from_str(&text)? })),
            _ => Err(Problem::internal(&format!("the ledger answered {status} to {method} {target}"))),
        }
    }

    /// A `GET` of the API.
    pub(super) async fn get<T: DeserializeOwned>(&self, target: &str) -> Result<T, Problem> {
        match self.ask("GET", target, None, None).await? {
            Ok(text) => Ok(serde_json::from_str(&text)?),
            // A page asks for what it knows to be right, but for ids and words of its address.
            Err(_) => Err(Problem::not_found()),
        }
    }

    /// The text of a file of the API.
    pub(super) async fn file(&self, target: &str) -> Result<String, Problem> {
        self.ask("GET", target, None, None).await?.map_err(|_| Problem::not_found())
    }

    /// A command of the API; `once` names it, so that a form that is sent twice is carried out once.
    pub(super) async fn tell<T: DeserializeOwned>(
        &self,
        method: &str,
        target: &str,
        once: Option<&str>,
        body: &serde_json::Value,
    ) -> Result<Outcome<T>, Problem> {
        let body = (method != "DELETE").then(|| body.to_string());
        Ok(match self.ask(method, target, once, body.as_deref()).await? {
            Ok(text) => Ok(serde_json::from_str(&text)?),
            Err(refusal) => Err(refusal),
        })
    }

    /// What [`crate::ledger::desk`] and [`crate::ledger::session`] answer.
    pub(super) async fn inside<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Problem> {
        let body = serde_json::to_string(body)?;
        self.inside_text(path, &body).await
    }

    /// The same with a body that is a plain text.
    pub(super) async fn inside_text<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &str,
    ) -> Result<T, Problem> {
        match self.ask("POST", &format!("/internal/{path}"), None, Some(body)).await? {
            Ok(text) => Ok(serde_json::from_str(&text)?),
            Err(_) => Err(Problem::not_found()),
        }
    }

    /// What is around a page.
    pub(super) async fn frame(&self, here: Section) -> Result<Frame, Problem> {
        let around: Around = self.inside("desk/around", &()).await?;
        Frame::new(self, here, around)
    }

    /// Who these ids are.
    pub(super) async fn names(&self, ids: impl Iterator<Item = String>) -> Result<Names, Problem> {
        let mut ids: Vec<String> = ids.collect();
        ids.sort();
        ids.dedup();
        if ids.is_empty() {
            return Ok(Names::default());
        }
        let names: Vec<Name> = self.inside("desk/names", &ids).await?;
        Ok(Names(names.into_iter().map(|name| (name.id.clone(), name)).collect()))
    }
}

/// Names by id.
#[derive(Default)]
pub(super) struct Names(HashMap<String, Name>);

impl Names {
    /// A referrer's name, else their code, else the id.
    pub(super) fn of(&self, id: &str) -> String {
        let name = self.0.get(id);
        let known = name.and_then(|name| name.called.clone().or_else(|| name.code.clone()));
        known.unwrap_or_else(|| id.to_owned())
    }
}
