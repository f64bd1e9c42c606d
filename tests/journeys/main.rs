//! Journeys over HTTP: what merchants, referrers, friends and pages do, against a real edge.

mod attributing;
mod bodies;
mod counting;
mod doubting;
mod embedding;
mod following;
mod keys;
mod limits;
mod lists;
mod money;
mod opening;
mod pages;
mod refusals;
mod repeating;
mod story;
mod tenancy;
