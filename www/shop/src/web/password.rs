//! Passwords: hashed with Argon2id at the crate's recommended cost, each with a salt of its own.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::blocking;
use crate::fault::Fault;

/// How many are hashed at the same time. Each takes 19 MiB, and anybody may ask for one.
static TURNS: Semaphore = Semaphore::const_new(4);

/// The PHC string to keep for a password.
pub(super) async fn hashed(password: String) -> Result<String, Fault> {
    taking_a_turn(move || hash(&password)).await
}

/// Whether this is the password of that PHC string. Without one it takes as long and says no, so that the time taken
/// does not tell who has an account.
pub(super) async fn matches(kept: Option<String>, password: String) -> Result<bool, Fault> {
    taking_a_turn(move || {
        let Some(kept) = kept else {
            return hash(&password).map(|_| false);
        };
        let kept = PasswordHash::new(&kept).map_err(|e| Fault::Hash(e.to_string()))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &kept).is_ok())
    })
    .await
}

fn hash(password: &str) -> Result<String, Fault> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|h| h.to_string()).map_err(|e| Fault::Hash(e.to_string()))
}

async fn taking_a_turn<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let _turn = TURNS.acquire().await.map_err(|e| Fault::Thread(e.to_string()))?;
    blocking(work).await
}
