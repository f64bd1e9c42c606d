//! What names a person, apart from the ledger.

use crate::problem::Problem;
use crate::sql::{Writes, sql};

/// Name and e-mail of a person, where told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Person {
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
}

impl Person {
    /// Stores what was told; what was told before and is not told now stays.
    pub(crate) fn write(&self, writes: &mut Writes, id: &str) -> Result<(), Problem> {
        if self.email.is_some() || self.name.is_some() {
            writes.add(sql!("ledger/person_upsert"), &(id, &self.email, &self.name))?;
        }
        Ok(())
    }
}
