//! Journeys over HTTP: what merchants, referrers, friends and pages do, against a real edge.

mod approving;
mod attributing;
mod bodies;
mod counting;
mod couponing;
mod doubting;
mod embedding;
mod following;
mod grouping;
mod keys;
mod lists;
mod money;
mod opening;
mod pages;
mod paying;
mod promising;
mod qualifying;
mod refusals;
mod repeating;
mod rewarding;
mod story;
mod tenancy;
