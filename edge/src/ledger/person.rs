//! What names a person, apart from the ledger.

use crate::problem::Problem;
use crate::sql::{Writes, sql};

/// Name and e-mail of a person, where told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Person {
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
    /// Whether a friend may be told the first name.
    pub(crate) show_name: Option<bool>,
}

impl Person {
    /// Stores what was told; what was told before and is not told now stays.
    pub(crate) fn write(&self, writes: &mut Writes, id: &str) -> Result<(), Problem> {
        if self.email.is_some() || self.name.is_some() || self.show_name.is_some() {
            let row = (id, &self.email, &self.name, self.show_name.map(u8::from));
            writes.add(sql!("ledger/person_upsert"), &row)?;
        }
        Ok(())
    }
}
