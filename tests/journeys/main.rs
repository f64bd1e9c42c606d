//! Journeys over HTTP: what merchants, referrers, friends and pages do, against a real edge.

mod attributing;
mod auditing;
mod bodies;
mod counting;
mod doubting;
mod embedding;
mod erasing;
mod following;
mod keys;
mod lists;
mod money;
mod opening;
mod pages;
mod proving;
mod refusals;
mod repeating;
mod story;
mod telling;
mod tenancy;
mod waiting;
