//! A referrer at a program's ledger, in a session's name.

use super::door::Signed;
use super::frame::{Frame, Section};
use crate::facts::Program;
use crate::isolate::Isolate;
use crate::ledger::Meta;
use crate::ledger::portal::own::Around;
use crate::pages::caller::Caller;
use crate::pages::visit::Visit;
use crate::pages::words::Words;
use crate::problem::Problem;
use referral::api_key::Mode;
use std::ops::Deref;

/// A session at its ledger.
pub(super) struct Seat<'a> {
    caller: Caller<'a>,
    pub(super) visit: &'a Visit,
    pub(super) signed: &'a Signed,
    pub(super) program: &'a Program,
    pub(super) words: Words,
}

impl<'a> Deref for Seat<'a> {
    type Target = Caller<'a>;

    fn deref(&self) -> &Caller<'a> {
        &self.caller
    }
}

impl<'a> Seat<'a> {
    pub(super) fn new(
        isolate: &'a Isolate,
        visit: &'a Visit,
        signed: &'a Signed,
        program: &'a Program,
    ) -> Self {
        let words = Words::preferred(&visit.language);
        let meta = Meta {
            request_id: visit.request_id.clone(),
            uid: program.facts.uid.clone(),
            test: signed.mode == Mode::Test,
            accept_language: Some(words.tag().to_owned()),
            portal: Some(signed.entered.clone()),
            fail_after: visit.fail_after,
            ..Meta::default()
        };
        Self { caller: Caller::new(isolate, meta), visit, signed, program, words }
    }

    /// What is around a page.
    pub(super) async fn frame(&self, here: Section) -> Result<Frame, Problem> {
        let around: Around = self.inside("portal/around", &()).await?;
        Frame::new(self, here, around)
    }

    /// Another page of theirs.
    pub(super) fn to(&self, page: &str) -> String {
        format!("/p/{}/{page}", self.program.facts.slug)
    }
}
