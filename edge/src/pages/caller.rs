//! Questions to a program's ledger in somebody's name: calls of the API and what else pages need, the same truth for all.

use super::refusal::Refusal;
use super::words::Words;
use crate::isolate::Isolate;
use crate::ledger::Meta;
use crate::ledger::client as ledger;
use crate::ledger::file::Cursor;
use crate::problem::Problem;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Who asks which ledger.
pub(super) struct Caller<'a> {
    pub(super) isolate: &'a Isolate,
    /// Their name, as the ledger is told it.
    meta: Meta,
}

/// What became of a command.
pub(super) type Outcome<T> = Result<T, Refusal>;

impl<'a> Caller<'a> {
    pub(super) fn new(isolate: &'a Isolate, meta: Meta) -> Self {
        Self { isolate, meta: Meta { page: true, ..meta } }
    }

    /// How the ledger is told who asks.
    pub(super) fn meta(&self) -> Meta {
        self.meta.clone()
    }

    async fn ask(
        &self,
        method: &str,
        target: &str,
        once: Option<&str>,
        body: Option<&str>,
    ) -> Result<Outcome<String>, Problem> {
        let meta = Meta { idempotency_key: once.map(str::to_owned), ..self.meta.clone() };
        let (status, text) = ledger::ask(self.isolate, method, target, &meta, body).await?;
        match status {
            200..300 => Ok(Ok(text)),
            // Without a key there is no session; the ledger knows nothing of the rest.
            404 => Err(Problem::not_found()),
            400..500 => Ok(Err(Refusal::read(status, &text)?)),
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

    /// The same, where what is asked about was typed by somebody.
    pub(super) async fn try_get<T: DeserializeOwned>(&self, target: &str) -> Result<Outcome<T>, Problem> {
        Ok(match self.ask("GET", target, None, None).await? {
            Ok(text) => Ok(serde_json::from_str(&text)?),
            Err(refusal) => Err(refusal),
        })
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

    /// What the ledger answers to pages alone.
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
        self.try_inside(path, body).await?.map_err(|_| Problem::not_found())
    }

    /// The same, where it may be refused.
    pub(super) async fn try_inside<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &str,
    ) -> Result<Outcome<T>, Problem> {
        Ok(match self.ask("POST", &format!("/internal/{path}"), None, Some(body)).await? {
            Ok(text) => Ok(serde_json::from_str(&text)?),
            Err(refusal) => Err(refusal),
        })
    }

    /// The text of a file that the ledger makes for pages alone.
    pub(super) async fn inside_file(&self, path: &str, body: &str) -> Result<String, Problem> {
        self.ask("POST", &format!("/internal/{path}"), None, Some(body))
            .await?
            .map_err(|_| Problem::not_found())
    }

    /// A table as a file, piece by piece.
    pub(super) async fn stream(&self, cursor: &Cursor, words: &Words) -> Result<web_sys::Response, Problem> {
        let meta = Meta { cursor: Some(serde_json::to_string(cursor)?), ..self.meta() };
        // An open quote: neither a person nor a program takes what comes before it for all there is.
        let torn = format!("\"{}", words.t("files.torn"));
        let response = ledger::file(self.isolate, &meta, &torn).await?;
        match response.status() {
            200 => Ok(response),
            404 => Err(Problem::not_found()),
            status => Err(Problem::internal(&format!("the ledger answered {status} to a file"))),
        }
    }
}
