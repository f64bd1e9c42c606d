//! The shop and its outbox over HTTP.

mod double;
mod journey;
mod outbox;
