//! Attacks: kill -9, floods, forgeries, hostile bytes. Each wants the machine for itself.

mod clicks;
mod commands;
mod crash;
mod disputes;
mod failpoints;
mod moments;
mod mover;
mod office;
mod orders;
mod portal;
mod redirects;
mod review;
mod setup;
mod tampering;
mod unknown;
mod wire;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Held by every attack while it runs, whatever number of threads the tests are run with.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}
