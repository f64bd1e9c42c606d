//! Salts of visitor hashes: a random one per day, gone 48 hours after the day began, and the traces it made with it.

use super::Shard;
use crate::platform;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use wasm_bindgen::JsValue;

/// A day in milliseconds.
const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;

/// How long traces of visitors are of use: a batch of one hour may arrive in the next. Hours.
const SEEN_HOURS: i64 = 2;

impl Shard {
    /// The salt of a day. Only today and the days beside it have one: clocks differ, and batches are late.
    pub(super) fn salt(&self, day: i64) -> Result<[u8; 32], Problem> {
        let today = platform::now_ms().div_euclid(DAY_MS);
        if (day - today).abs() > 1 {
            return Err(Problem::new(422, "no_salt", "No salt", "That day has no salt."));
        }
        let find = || self.database.row::<(String,)>(sql!("click_shard/salt"), &[day]);
        if let Some((salt,)) = find()? {
            return Ok(serde_json::from_str(&salt)?);
        }
        let mut writes = Writes::default();
        writes.add(
            sql!("click_shard/salt_insert"),
            &(day, serde_json::to_string(&platform::random::<32>()?)?),
        )?;
        self.database.commit(writes, None)?;
        self.sweep()?;
        let (salt,) = find()?.ok_or_else(|| Problem::internal("the salt did not stay"))?;
        Ok(serde_json::from_str(&salt)?)
    }

    /// Once an hour, when something is written.
    pub(super) fn sweep_hourly(&self) -> Result<(), Problem> {
        let hour = platform::now_ms().div_euclid(HOUR_MS);
        if self.swept_in.get() == hour { Ok(()) } else { self.sweep() }
    }

    /// Removes what has perished, and asks to be woken while something remains that will.
    pub(super) fn sweep(&self) -> Result<(), Problem> {
        let now = platform::now_ms();
        // A salt's day begins at most 48 hours ago.
        let first_day = (now - 2 * DAY_MS).div_euclid(DAY_MS) + 1;
        let hour = now.div_euclid(HOUR_MS);
        let mut writes = Writes::default();
        // Deleting frees a page but leaves its bytes; overwriting does not.
        writes.add(sql!("click_shard/salt_overwrite"), &[first_day])?;
        writes.add(sql!("click_shard/salt_delete"), &[first_day])?;
        writes.add(sql!("click_shard/seen_delete"), &[hour - SEEN_HOURS])?;
        self.database.commit(writes, None)?;
        self.swept_in.set(hour);
        let left: Option<(u32, u32)> = self.database.row(sql!("click_shard/perishable"), &[(); 0])?;
        if left.is_some_and(|(salts, seen)| salts + seen > 0) {
            self.wake_in_an_hour();
        }
        Ok(())
    }

    pub(super) fn wake_in_an_hour(&self) {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
        let at = (platform::now_ms() + HOUR_MS) as f64;
        let at = js_sys::Date::new(&JsValue::from_f64(at));
        // Stored with everything else this event writes; nothing waits for the promise.
        let _ = self.database.storage().set_alarm(at, js_sys::Object::new());
    }
}
