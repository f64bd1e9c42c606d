//! The dashboard over HTTP: who may see and change what, and that nobody else can.

mod deciding;
mod guarding;
mod inviting;
mod sessions;
