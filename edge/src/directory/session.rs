//! Sessions of the operator, who belongs to no program. The first object keeps them, and forgets those that are over.

use super::Shelf;
use crate::platform;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::api_key;
use referral::instant::Instant;
use referral::session::{IDLE_MS, LONGEST_MS, NOTED_EVERY_MS, Worth, is_live, worth};
use serde::{Deserialize, Serialize};

/// Opens a session.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Opening {
    /// SHA-256 of the new session's secret.
    pub(crate) hash: String,
    /// SHA-256 of the operator's key.
    pub(crate) key_hash: String,
    /// Which browser on which system.
    pub(crate) browser: String,
}

/// Uses a session.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Using {
    /// SHA-256 of the secret the browser holds.
    pub(crate) hash: String,
    /// SHA-256 of the operator's key as it is now.
    pub(crate) key_hash: String,
    /// SHA-256 of a secret that the browser can be given instead.
    pub(crate) next: Option<String>,
}

/// A session that is good.
#[derive(Serialize, Deserialize)]
pub(crate) struct Used {
    pub(crate) id: String,
    /// Whether the browser shall be given the next secret.
    pub(crate) renewed: bool,
}

/// A session as the list of programs shows it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Listed {
    pub(crate) id: String,
    pub(crate) browser: String,
    pub(crate) created_at: Instant,
    pub(crate) seen_at: Instant,
}

impl Shelf {
    pub(super) fn open_session(&self, opening: &Opening) -> Result<Option<String>, Problem> {
        self.open()?;
        let now = platform::now_ms();
        let id = format!("ses_{}", api_key::uid(platform::random()?));
        let mut writes = Writes::default();
        writes.add(sql!("directory/sessions_forget"), &[now - LONGEST_MS])?;
        writes.add(sql!("directory/session_insert"), &(&id, &opening.key_hash, &opening.browser, now))?;
        writes.add(sql!("directory/secret_insert"), &(&opening.hash, &id, now, now))?;
        self.database.commit(writes, None)?;
        Ok(None)
    }

    /// The session, where it is good and was opened with the operator's key as it is now; whether it gets the next secret.
    /// One whose replaced secret is used ends: two hold secrets of it, of whom one should not.
    pub(super) fn use_session(&self, using: &Using) -> Result<Option<String>, Problem> {
        type Row = (String, i64, i64, Option<i64>, Option<i64>, i64);
        self.open()?;
        let row: Option<Row> =
            self.database.row(sql!("directory/session"), &(&using.hash, &using.key_hash))?;
        let (now, at) = (Instant::from_ms(platform::now_ms()), Instant::from_ms);
        let Some((id, _, seen_at, taken_at, replaced_at, newest_at)) =
            row.filter(|(_, created_at, seen_at, ..)| is_live(at(*created_at), at(*seen_at), now))
        else {
            return Ok(None);
        };
        let worth = worth(taken_at.map(at), replaced_at.map(at), at(newest_at), now);
        if worth == Worth::Replayed {
            return self.end_session(&id);
        }
        let next = using.next.as_ref().filter(|_| worth == Worth::Due);
        let mut writes = Writes::default();
        if worth == Worth::New {
            writes.add(sql!("directory/secret_take"), &(now.ms(), &using.hash))?;
        }
        if let Some(next) = next {
            writes.add(sql!("directory/secret_insert"), &(next, &id, now.ms(), None::<i64>))?;
        }
        if now.ms() - seen_at >= NOTED_EVERY_MS {
            writes.add(sql!("directory/session_seen"), &(now.ms(), &id))?;
        }
        self.database.commit(writes, None)?;
        Ok(Some(serde_json::to_string(&Used { id, renewed: next.is_some() })?))
    }

    /// The sessions that are good now, the last used first.
    pub(super) fn sessions(&self, key_hash: &str) -> Result<Option<String>, Problem> {
        self.open()?;
        let now = platform::now_ms();
        let rows: Vec<(String, String, i64, i64)> =
            self.database.rows(sql!("directory/sessions"), &(now - LONGEST_MS, now - IDLE_MS, key_hash))?;
        let listed = rows.into_iter().map(|(id, browser, created_at, seen_at)| Listed {
            id,
            browser,
            created_at: Instant::from_ms(created_at),
            seen_at: Instant::from_ms(seen_at),
        });
        Ok(Some(serde_json::to_string(&listed.collect::<Vec<_>>())?))
    }

    /// Ends the session of this secret's hash: the operator signs out.
    pub(super) fn leave_session(&self, hash: &str) -> Result<Option<String>, Problem> {
        self.open()?;
        let mut writes = Writes::default();
        writes.add(sql!("directory/session_end_by_secret"), &[hash])?;
        self.database.commit(writes, None)?;
        Ok(None)
    }

    /// Ends the session with this id.
    pub(super) fn end_session(&self, id: &str) -> Result<Option<String>, Problem> {
        self.open()?;
        let mut writes = Writes::default();
        writes.add(sql!("directory/session_end"), &[id])?;
        self.database.commit(writes, None)?;
        Ok(None)
    }

    /// Ends all sessions but the one with this id.
    pub(super) fn end_other_sessions(&self, id: &str) -> Result<Option<String>, Problem> {
        self.open()?;
        let since = platform::now_ms() - LONGEST_MS;
        let mut writes = Writes::default();
        writes.add(sql!("directory/sessions_end_others"), &(since, id))?;
        self.database.commit(writes, None)?;
        Ok(None)
    }
}
