use super::*;
use alloc::string::ToString;
use alloc::vec;
use proptest::prelude::*;

const TABLES: [&str; 3] = ["referrer", "entry", "person"];

fn header(counts: &[(&str, u64)]) -> Header {
    Header {
        goodword_export: FORMAT,
        schema: 7,
        mode: "live".to_owned(),
        program_id: "prg_0".to_owned(),
        slug: "demo".to_owned(),
        currency: "EUR".to_owned(),
        exported_at: "2026-01-01T00:00:00.000Z".to_owned(),
        personal: true,
        head: Head { seq: 1, root: "0".repeat(64) },
        retention: None,
        counts: counts.iter().map(|(table, count)| ((*table).to_owned(), *count)).collect(),
    }
}

#[test]
fn a_file_says_that_nobody_set_a_time_unless_it_is_from_before() {
    let of = |retention| serde_json::to_string(&Header { retention, ..header(&[]) }).unwrap_or_default();
    let (said, before) = (of(Some(Retention::default())), of(None));
    assert!(said.contains(r#""retention":{"customers_months":null}"#), "{said}");
    assert!(!before.contains("retention"), "{before}");
    for (text, retention) in [(said, Some(Retention::default())), (before, None)] {
        let read: Header = serde_json::from_str(&text).expect("a first line");
        assert_eq!(read.retention, retention);
    }
}

fn written(rows: &[(&str, &str)]) -> String {
    let counted = |table: &str| rows.iter().filter(|(known, _)| *known == table).count() as u64;
    let mut out = String::new();
    let mut writer = Writer::default();
    writer.header(&mut out, &header(&[("referrer", counted("referrer")), ("entry", counted("entry"))]));
    for (table, row) in rows {
        writer.row(&mut out, table, row);
    }
    writer.end(&mut out);
    out
}

fn read(text: &str) -> Result<Reader, Fault> {
    let mut reader = Reader::default();
    for line in text.lines() {
        reader.line(line, &TABLES)?;
    }
    reader.finish().map(|()| reader)
}

const ROWS: [(&str, &str); 4] = [
    ("referrer", r#"{"seq":1,"id":"rfr_é \"x\"","note":null}"#),
    ("entry", r#"{"seq":1,"amount":-990}"#),
    ("entry", r#"{"seq":2,"amount":990}"#),
    ("person", r#"{"id":"rfr_1","name":"},\"sum\":\""}"#),
];

#[test]
fn what_was_written_reads_back() {
    let text = written(&ROWS);
    let reader = read(&text).expect("whole");
    assert_eq!((reader.lines(), reader.counts()["entry"]), (6, 2));
    assert!(text.ends_with(&format!("{}\"}}\n", reader.sum())));
    let mut again = Reader::default();
    let mut lines = text.lines();
    again.line(lines.next().expect("a header"), &TABLES).expect("it");
    let Ok(Line::Row(0, _, fields)) = again.line(lines.next().expect("a row"), &TABLES) else {
        panic!("a row of the first table");
    };
    let expected = vec![
        ("seq".to_owned(), Value::Number(1)),
        ("id".to_owned(), Value::Text("rfr_é \"x\"".to_owned())),
        ("note".to_owned(), Value::Null),
    ];
    assert_eq!(fields.0, expected);
    // Between two calls a reader is kept as JSON.
    let kept: Reader = serde_json::from_str(&serde_json::to_string(&again).expect("JSON")).expect("back");
    assert_eq!(kept, again);
}

fn check(text: &str, line: u64, why: &str) {
    let fault = read(text).expect_err("refused");
    assert!(fault.line == line && fault.why.contains(why), "{fault:?}");
}

#[test]
fn a_file_that_is_not_whole_is_refused_with_the_line() {
    let text = written(&ROWS);
    let lines: Vec<&str> = text.lines().collect();
    let joined = |lines: &[&str]| lines.join("\n");
    check("", 1, "is missing");
    check("{}", 1, "is no line");
    check(&text.replacen("990", "991", 1), 3, "was changed");
    check(&joined(&lines[..4]), 5, "is missing");
    check(&joined(&lines[1..]), 1, "was changed");
    check(&joined(&[lines[0], lines[2], lines[1]]), 2, "was changed");
    check(&format!("{text}{}", lines[5]), 7, "after the end");
    check(&text[..text.len() - 9], 6, "sum");
}

#[test]
fn a_file_with_right_sums_and_wrong_rows_is_refused_with_the_line() {
    check(&written(&[ROWS[1], ROWS[0]]), 3, "after rows of entry");
    check(&written(&[("secret", "{}")]), 2, "not known");
    for row in [
        "[]",
        "{\"a\":1.5}",
        "{\"a\":{}}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":9007199254740993}",
        "{",
        " {}",
        "{\"a\":true}",
    ] {
        assert_eq!(read(&written(&[("entry", row)])).expect_err(row).line, 2, "{row}");
    }
    let mut out = String::new();
    let mut writer = Writer::default();
    writer.header(&mut out, &header(&[("entry", 2)]));
    writer.row(&mut out, "entry", "{}");
    writer.end(&mut out);
    check(&out, 3, "1 rows of entry");
    let mut out = String::new();
    Writer::default().header(&mut out, &Header { goodword_export: 2, ..header(&[]) });
    check(&out, 1, "format 2");
}

proptest! {
    #[test]
    fn any_changed_byte_is_found_at_its_line(at in any::<prop::sample::Index>(), bit in 0_u8..7) {
        let text = written(&ROWS);
        let mut bytes = text.clone().into_bytes();
        let at = at.index(bytes.len() - 1);
        let line = bytes[..at].split(|byte| *byte == b'\n').count() as u64;
        bytes[at] ^= 1 << bit;
        // A line break more would be none of the file's: readers are given lines.
        let breaks = bytes[at] == b'\r';
        if let (Ok(changed), false) = (String::from_utf8(bytes), breaks) {
            let fault = read(&changed);
            prop_assert!(fault.as_ref().is_err_and(|fault| fault.line == line), "{:?} at {at}, line {line}", fault.map(|_| ()));
        }
    }

    #[test]
    fn nothing_that_is_read_can_panic(text in ".{0,200}", row in "[{}\":a1,\\[\\]]{0,30}") {
        let _ = read(&text);
        let _ = read(&written(&[("entry", &row)]));
        prop_assert_eq!(Sum::default().after(&text).to_string().len(), 32);
    }
}
