//! The dashboard over HTTP: who may see and change what, and that nobody else can.

mod access;
mod charting;
mod deciding;
mod drafting;
mod expiring;
pub(crate) mod filing;
mod finding;
pub(crate) mod guarding;
mod importing;
mod inviting;
mod keeping;
mod languages;
mod linking;
mod living;
mod looking;
mod mistaking;
mod operating;
mod overtaking;
mod ranking;
mod refusing;
mod reviewing;
mod saving;
mod sessions;
mod settling;
mod starting;
mod streaming;
mod timelines;
