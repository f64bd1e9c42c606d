//! A deterministic simulator: the rules of this crate behind a small ledger, against a naive model that knows nothing of
//! order, of increments or of chains.
//!
//! A history is a bag of facts about one program: leads, sales, refunds, decisions, disputes that move the credit. A bad
//! network delivers them: out of
//! order, more than once, with lost answers; the ledger crashes, holds end, the clock jumps both ways. After every step
//! the balances and states must be the model's, and an answer that was given once is given again.
//!
//! `GOODWORD_SEED` plays a run again, `GOODWORD_STEPS` makes it longer or shorter.

mod facts;
mod ledger;
mod model;
mod moves;
mod tables;

use facts::{Chance, Fact, History, Verdict};
use ledger::Ledger;
use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hasher as _};

/// Steps of a run unless the environment says otherwise.
const STEPS: u64 = 1_000_000;
/// Steps of one history.
const LENGTH: u64 = 80;

/// What a run went through, to be printed: a fault that never happens proves nothing.
#[derive(Debug, Default)]
struct Tally {
    steps: u64,
    accepted: u64,
    repeated: u64,
    refused: u64,
    crashes: u64,
    lost: u64,
    jumps: u64,
    entries: u64,
    moves: u64,
}

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Plays one history to its end.
fn play(seed: u64, tally: &mut Tally) {
    let mut chance = Chance(seed);
    let history = History::draw(&mut chance);
    let mut ledger = Ledger::new(history.terms.clone());
    let mut waiting: Vec<Fact> = history.facts.clone();
    let mut accepted: Vec<(Fact, i64)> = Vec::new();
    let mut answers: BTreeMap<String, String> = BTreeMap::new();
    let mut now = facts::START_MS;
    let mut expected = model::outcome(&history.terms, &accepted);
    for step in 0..LENGTH {
        tally.steps += 1;
        match chance.below(20) {
            0 => {
                // The process dies; what is committed is read again.
                ledger.crash();
                tally.crashes += 1;
            }
            1 => {
                // A month or so forward, and at times a little back.
                let back = chance.below(4) == 0;
                let span = chance.span(if back { facts::DAY_MS } else { 45 * facts::DAY_MS });
                now += if back { -span } else { span };
                tally.jumps += 1;
            }
            2 | 3 => {
                ledger.tick(now);
                accepted.push((Fact::Tick, now));
                expected = model::outcome(&history.terms, &accepted);
            }
            _ => {
                now += chance.span(facts::DAY_MS);
                let Some(fact) = chance.pick(&waiting).cloned() else { continue };
                let predicted = model::verdict(&history.terms, &accepted, &fact);
                let answer = ledger.tell(&fact);
                assert_eq!(
                    answer.as_ref().map_or_else(|verdict| *verdict, |_| Verdict::Taken),
                    predicted,
                    "{fact:?}"
                );
                match answer {
                    Err(_) => tally.refused += 1,
                    Ok(answer) => {
                        if let Some(first) = answers.get(&fact.key()) {
                            assert_eq!(*first, answer, "another answer than the first to {fact:?}");
                            tally.repeated += 1;
                        } else {
                            answers.insert(fact.key(), answer);
                            accepted.push((fact.clone(), now));
                            expected = model::outcome(&history.terms, &accepted);
                            tally.accepted += 1;
                            tally.moves += u64::from(matches!(fact, Fact::Move { .. }));
                        }
                        // The answer is lost now and then, and the sender tells it again.
                        if chance.below(3) == 0 {
                            tally.lost += 1;
                        } else if chance.below(3) > 0 {
                            waiting.retain(|other| *other != fact);
                        }
                    }
                }
            }
        }
        assert_eq!(ledger.outcome(), expected, "step {step} of the history of seed {seed}: {accepted:#?}");
    }
    ledger.crash();
    tally.entries += ledger.entries();
    assert_eq!(ledger.outcome(), expected, "after the last crash of the history of seed {seed}");
}

#[test]
fn a_million_steps_over_a_bad_network_end_where_a_naive_model_does() {
    let drawn = std::collections::hash_map::RandomState::new().build_hasher().finish();
    let seed = from_environment("GOODWORD_SEED").unwrap_or(drawn);
    println!("simulator: GOODWORD_SEED={seed}");
    let steps = from_environment("GOODWORD_STEPS").unwrap_or(STEPS);
    let mut seeds = Chance(seed);
    let mut tally = Tally::default();
    while tally.steps < steps {
        play(seeds.bits(), &mut tally);
    }
    println!("simulator: {tally:?}, 0 divergences");
    for (what, count) in [
        ("repeated", tally.repeated),
        ("refused", tally.refused),
        ("crashes", tally.crashes),
        ("lost", tally.lost),
        ("jumps", tally.jumps),
        ("entries", tally.entries),
        ("moved", tally.moves),
    ] {
        assert!(count * 200 > tally.steps, "too few were {what}: {tally:?}");
    }
}

#[test]
fn the_same_seed_plays_the_same_history() {
    let run = || {
        let mut tally = Tally::default();
        for seed in 0..20 {
            play(seed, &mut tally);
        }
        format!("{tally:?}")
    };
    assert_eq!(run(), run());
}
