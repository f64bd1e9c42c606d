//! Sessions of the operator, who belongs to no program. The first object keeps them.

use super::Shelf;
use crate::platform;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::instant::Instant;
use referral::session::{LONGEST_MS, NOTED_EVERY_MS, is_live};

impl Shelf {
    pub(super) fn open_session(&self, hash: &str, key_hash: &str) -> Result<Option<String>, Problem> {
        self.open()?;
        let now = platform::now_ms();
        let mut writes = Writes::default();
        writes.add(sql!("directory/sessions_forget"), &[now - LONGEST_MS])?;
        writes.add(sql!("directory/session_insert"), &(hash, key_hash, now))?;
        self.database.commit(writes, None)?;
        Ok(None)
    }

    /// Something where the session is good and was opened with the operator's key as it is now.
    pub(super) fn use_session(&self, hash: &str, key_hash: &str) -> Result<Option<String>, Problem> {
        self.open()?;
        let row: Option<(i64, i64)> = self.database.row(sql!("directory/session"), &(hash, key_hash))?;
        let now = Instant::from_ms(platform::now_ms());
        let Some((_, seen_at)) = row.filter(|(created_at, seen_at)| {
            is_live(Instant::from_ms(*created_at), Instant::from_ms(*seen_at), now)
        }) else {
            return Ok(None);
        };
        if now.ms() - seen_at >= NOTED_EVERY_MS {
            let mut writes = Writes::default();
            writes.add(sql!("directory/session_seen"), &(now.ms(), hash))?;
            self.database.commit(writes, None)?;
        }
        Ok(Some(String::new()))
    }

    pub(super) fn end_session(&self, hash: &str) -> Result<Option<String>, Problem> {
        self.open()?;
        let mut writes = Writes::default();
        writes.add(sql!("directory/session_end"), &[hash])?;
        self.database.commit(writes, None)?;
        Ok(None)
    }
}
