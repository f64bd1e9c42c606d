//! The merchant at a program's ledger, in a session's name.

use super::caller::Caller;
use super::frame::{Frame, Section};
pub(super) use super::refusal::{Fault, Refusal};
use super::session::Signed;
use super::visit::Visit;
use super::words::Words;
use crate::isolate::Isolate;
use crate::ledger::Meta;
use crate::ledger::desk::{Around, Name};
use crate::problem::Problem;
use referral::api_key::Mode;
use std::collections::HashMap;
use std::ops::Deref;

/// A session at a ledger.
pub(super) struct Desk<'a> {
    caller: Caller<'a>,
    pub(super) visit: &'a Visit,
    pub(super) signed: &'a Signed,
    pub(super) mode: Mode,
    pub(super) words: Words,
}

impl<'a> Deref for Desk<'a> {
    type Target = Caller<'a>;

    fn deref(&self) -> &Caller<'a> {
        &self.caller
    }
}

impl<'a> Desk<'a> {
    pub(super) fn new(isolate: &'a Isolate, visit: &'a Visit, signed: &'a Signed, mode: Mode) -> Self {
        let words = Words::preferred(&visit.language);
        // The session's key is one of its home's ledger only.
        let at_home = mode == signed.mode;
        let meta = Meta {
            request_id: visit.request_id.clone(),
            uid: signed.uid.clone(),
            test: mode == Mode::Test,
            key_hash: if at_home { signed.session.key_hash.clone() } else { String::new() },
            accept_language: Some(words.tag().to_owned()),
            session: Some(signed.session.id.clone()),
            operator: signed.session.key_id.is_none(),
            fail_after: visit.fail_after,
            ..Meta::default()
        };
        Self { caller: Caller::new(isolate, meta), visit, signed, mode, words }
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
    /// What is known of somebody.
    pub(super) fn known(&self, id: &str) -> Name {
        self.0.get(id).cloned().unwrap_or_default()
    }

    /// A referrer's name, else their code, else the id.
    pub(super) fn of(&self, id: &str) -> String {
        self.0.get(id).map_or_else(|| id.to_owned(), Name::said)
    }
}
