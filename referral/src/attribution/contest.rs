//! Which of several touches wins, of those that can.

use super::{Case, Reason, Touch};
use crate::instant::{Instant, MINUTE_MS};
use crate::terms::Model;
use alloc::vec::Vec;

/// Whether somebody's click, `after_ms` after the last one of whoever holds the visitor, takes over from them. At the end
/// of the minutes it does.
pub const fn takes_over(model: Model, stand_down_minutes: u16, after_ms: i64) -> bool {
    match model {
        Model::LastClick => after_ms >= stand_down_minutes as i64 * MINUTE_MS,
        Model::FirstClick => false,
    }
}

/// The places of touches that could win, in the order in which they were followed; of the same instant, in the order in
/// which they were told.
fn able(case: &Case<'_>, verdicts: &[Option<Reason>]) -> Vec<(Instant, usize)> {
    let able = case.touches.iter().zip(verdicts).enumerate().filter(|(_, (_, verdict))| verdict.is_none());
    let mut able: Vec<(Instant, usize)> = able.map(|(at, (touch, _))| (touch.clicked_at, at)).collect();
    able.sort_unstable();
    able
}

/// The places of clicks that stand down: under last click, one that follows somebody else's within the minutes of the
/// terms does not take over, so that whoever catches a visitor on the way to the till earns nothing by it. Each further
/// click of whoever holds the visitor begins the time anew. A code that the merchant named is no click, and takes over.
pub(super) fn stood_down(case: &Case<'_>, verdicts: &[Option<Reason>]) -> Vec<usize> {
    let mut stood_down = Vec::new();
    if case.model == Model::FirstClick || case.binding.is_some() {
        return stood_down;
    }
    let mut holder: Option<(&Touch, Instant)> = None;
    for (at, place) in able(case, verdicts) {
        let Some(touch) = case.touches.get(place) else { continue };
        match holder {
            Some((held, since))
                if touch.click_id.is_some()
                    && touch.owner != held.owner
                    && !takes_over(case.model, case.stand_down_minutes, at.since_ms(since)) =>
            {
                stood_down.push(place);
            }
            _ => holder = Some((touch, at)),
        }
    }
    stood_down
}

/// The place of the touch that wins. Between touches of the same instant the one told later wins under last click, the
/// one told earlier under first click.
pub(super) fn winner(case: &Case<'_>, verdicts: &[Option<Reason>], stood_down: &[usize]) -> Option<usize> {
    let mut able = able(case, verdicts).into_iter().filter(|(_, place)| !stood_down.contains(place));
    match case.model {
        Model::LastClick => able.next_back(),
        Model::FirstClick => able.next(),
    }
    .map(|(_, place)| place)
}
