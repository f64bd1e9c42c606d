//! Journeys over HTTP: what merchants, referrers, friends and pages do, against a real edge.

mod attributing;
mod bodies;
mod counting;
mod doubting;
mod embedding;
mod following;
mod fraud;
mod identity;
mod joining;
mod keys;
mod limits;
mod lists;
mod losing;
mod migrating;
mod money;
mod opening;
mod pages;
mod pictures;
mod refusals;
mod repeating;
mod reviewing;
mod signing;
mod story;
mod tenancy;
mod welcoming;
