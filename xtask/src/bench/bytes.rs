//! Bytes a visitor downloads: loader, glue, wasm and one language, brotli as a CDN sends them.

use super::report::{Bound, Finding, Quantity};
use crate::size;
use anyhow::Result;

pub(super) fn measure() -> Result<Vec<Finding>> {
    let parts = size::parts()?;
    let total = parts.total();
    let quantity = |name: String, bytes: usize, bound: Option<usize>| {
        let bound = bound.map(|most| Bound::AtMost(most as f64));
        Finding::Weighed(Quantity { name, value: bytes as f64, unit: "bytes, brotli", bound })
    };
    let mut findings: Vec<Finding> = parts
        .first
        .into_iter()
        .enumerate()
        .map(|(at, part)| quantity(part.name, part.brotli, (at == 0).then_some(size::LOADER_BUDGET)))
        .collect();
    findings.push(quantity("until the panel can be used".to_owned(), total, Some(size::TOTAL_BUDGET)));
    Ok(findings)
}
