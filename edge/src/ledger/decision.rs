//! What a command comes to.

use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::instant::Instant;

/// How long an `Idempotency-Key` is remembered, in milliseconds: 48 hours.
pub(crate) const REMEMBERED_MS: i64 = 48 * 3_600_000;

/// What a command decided: its answer and its writes, stored together or not at all.
pub(crate) struct Decision {
    pub(crate) answer: Answer,
    pub(crate) writes: Writes,
    /// What was done and to what, for the audit log; none where nothing is written.
    pub(crate) audit: Option<(&'static str, String)>,
}

impl Decision {
    /// An answer that writes nothing.
    pub(crate) fn answer(answer: Answer) -> Self {
        Self { answer, writes: Writes::default(), audit: None }
    }

    /// Writes the answer down under an `Idempotency-Key`, and forgets those of the day before yesterday.
    pub(crate) fn remember(
        &mut self,
        route: &str,
        key: &str,
        body_hash: &str,
        now: Instant,
    ) -> Result<(), Problem> {
        let now = now.ms();
        self.writes.add(sql!("ledger/idempotency_purge"), &[now - REMEMBERED_MS])?;
        let row = (route, key, body_hash, self.answer.status, &self.answer.body, now);
        Ok(self.writes.add(sql!("ledger/idempotency_insert"), &row)?)
    }
}
