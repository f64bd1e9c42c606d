//! A referrer's own pages over HTTP: the way in, what is read and done there, and that nobody else can.

mod acting;
mod entering;
pub(crate) mod guarding;
mod reading;
mod refusing;
mod saving;
mod speaking;
