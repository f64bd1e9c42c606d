//! Files of an export from a stranger: nothing is read that was not written by the rules, and a fault names a line that is
//! there.
#![no_main]

use libfuzzer_sys::fuzz_target;
use referral::archive::{Line, Reader, Sum};

const TABLES: [&str; 4] = ["terms", "referrer", "entry", "person"];

/// Reads a file to its end or its first fault; gives how many rows were believed.
fn read(text: &str) -> Option<u64> {
    let mut reader = Reader::default();
    let mut rows = 0;
    for line in text.split('\n') {
        match reader.line(line, &TABLES) {
            Ok(Line::Row(table, row, fields)) => {
                assert!(table < TABLES.len() && serde_json::from_str::<serde_json::Value>(row).is_ok());
                let _ = fields;
                rows += 1;
            }
            Ok(Line::Header(_)) => assert_eq!(reader.lines(), 1, "the first line is the first"),
            Ok(Line::End) => assert!(reader.ended()),
            Err(fault) => {
                assert!(fault.line >= 1 && fault.line == reader.lines() && !fault.why.is_empty());
                return None;
            }
        }
        // Between two pieces a reader is kept as JSON.
        let kept = serde_json::to_string(&reader).expect("JSON");
        assert_eq!(serde_json::from_str::<Reader>(&kept).expect("back"), reader);
    }
    reader.finish().ok().map(|()| rows)
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = read(text);
    // The same with right sums, so that the fuzzer comes past them.
    let mut sum = Sum::default();
    let lines: Vec<String> = text
        .split('\n')
        .map(|body| {
            sum = sum.after(body);
            format!("{body},\"sum\":\"{sum}\"}}")
        })
        .collect();
    if let Some(rows) = read(&lines.join("\n")) {
        assert_eq!(rows + 2, lines.len() as u64);
        // Any line that is taken out is missed.
        for at in 0..lines.len().min(8) {
            let mut fewer = lines.clone();
            fewer.remove(at);
            assert_eq!(read(&fewer.join("\n")), None, "line {at} is not missed");
        }
    }
});
