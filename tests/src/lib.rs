//! What the journeys and the attacks stand on. A map:
//!
//! - [`house`]: one real edge on workerd with a data folder of its own;
//! - [`http`]: a small HTTP client that sends exactly the bytes it is told;
//! - [`portal`]: a browser at a referrer's page;
//! - [`program`]: a program opened on an edge, with its keys;
//! - [`visitor`]: a browser as far as following links goes;
//! - [`book`]: a ledger's SQLite file, read behind the edge's back, and what must hold in it;
//! - [`forge`]: click ids we sign ourselves, of any time;
//! - [`token`]: identity tokens we sign ourselves, and secrets as browsers make them;
//! - [`corpus`]: the hostile forms of `corpora/`;
//! - [`chance`]: seeded randomness, so that a failure can be played again;
//! - [`refused`]: the refusals that the source makes;
//! - [`source`]: the clone's own files, for the invariants of the architecture.
#![expect(clippy::missing_panics_doc, reason = "what stands here panics to fail the test that uses it")]

pub mod book;
pub mod chance;
pub mod corpus;
pub mod desk;
pub mod dispute;
pub mod forge;
pub mod house;
pub mod http;
pub mod invariants;
pub mod portal;
pub mod program;
pub mod refused;
pub mod source;
pub mod token;
pub mod visitor;
