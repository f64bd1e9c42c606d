//! Every statement, one per file in `sql/`.

macro_rules! statements {
    ($($name:ident = $file:literal;)+) => {
        $(pub(crate) const $name: &str = include_str!(concat!("../../sql/", $file, ".sql"));)+
        #[cfg(test)]
        const ALL: &[(&str, &str)] = &[$(($file, $name)),+];
    };
}

pub(crate) const SCHEMA: &str = include_str!("../../sql/schema.sql");

statements! {
    CART_ADD = "cart_add";
    CART_CLEAR = "cart_clear";
    CART_LINES = "cart_lines";
    CART_REMOVE = "cart_remove";
    CART_SET = "cart_set";
    CUSTOMER_BY_EMAIL = "customer_by_email";
    CUSTOMER_INSERT = "customer_insert";
    OUTBOX_CLAIM = "outbox_claim";
    OUTBOX_FIND = "outbox_find";
    OUTBOX_INSERT = "outbox_insert";
    OUTBOX_SETTLE = "outbox_settle";
    OUTBOX_TROUBLE = "outbox_trouble";
    PURCHASE_BY_CHECKOUT = "purchase_by_checkout";
    PURCHASE_FIND = "purchase_find";
    PURCHASE_INSERT = "purchase_insert";
    PURCHASE_LINES = "purchase_lines";
    PURCHASE_LINE_INSERT = "purchase_line_insert";
    PURCHASES_OF_CUSTOMER = "purchases_of_customer";
    REFUND_INSERT = "refund_insert";
    REFUNDS_OF_PURCHASE = "refunds_of_purchase";
    SESSION_DELETE = "session_delete";
    SESSION_FIND = "session_find";
    SESSION_INSERT = "session_insert";
    SESSION_LOG_IN = "session_log_in";
    SESSION_REMEMBER_CLICK = "session_remember_click";
    SESSION_SWEEP = "session_sweep";
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    #[test]
    fn every_statement_is_valid_against_the_schema() {
        let db = Connection::open_in_memory().expect("memory");
        db.execute_batch(super::SCHEMA).expect("schema");
        for (file, text) in super::ALL {
            db.prepare(text).unwrap_or_else(|e| panic!("{file}: {e}"));
        }
    }

    #[test]
    fn every_file_in_the_folder_is_used() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/sql");
        for entry in std::fs::read_dir(folder).expect("folder") {
            let name = entry.expect("entry").file_name().into_string().expect("a name");
            let stem = name.strip_suffix(".sql").expect("only SQL");
            assert!(
                stem == "schema" || super::ALL.iter().any(|(file, _)| *file == stem),
                "{name} is not used"
            );
        }
    }
}
