//! For how long, and what is said of a failure.

use std::cell::Cell;
use std::time::{Duration, Instant};

use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use crate::{Target, harmed};

/// How long one parser is tried where nothing else is said.
const SECONDS: u64 = 10;
/// Texts between two looks at the clock.
const TEXTS_AT_ONCE: u32 = 64;

/// How long one parser is tried: `QIGE_FUZZ_SECONDS`, or ten.
#[must_use]
pub fn seconds() -> u64 {
    asked().unwrap_or(SECONDS)
}

fn asked() -> Option<u64> {
    std::env::var("QIGE_FUZZ_SECONDS").ok()?.parse().ok()
}

/// Where chance begins: every time at the same place, so that a run is green or red by what was changed and
/// not by luck; anywhere where somebody asks for a time, and so for what was not tried before.
pub(crate) fn chance() -> impl Iterator<Item = TestRng> {
    let first = match asked() {
        None => 0,
        Some(_) => u64::from(std::process::id()) << 32,
    };
    (first..).map(|number| {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&number.to_le_bytes());
        TestRng::from_seed(RngAlgorithm::ChaCha, &seed)
    })
}

/// Tries a parser for a while, and answers with how many texts it was given.
///
/// # Panics
/// When the parser panics or what it read is not as it must be: with the least text that does it.
#[must_use]
pub fn for_a_while(target: &Target) -> u64 {
    let seeds = (target.seeds)();
    for seed in &seeds {
        assert!((target.read)(seed), "{} does not take one of its own seeds: {seed:?}", target.name);
    }
    let config = Config { cases: TEXTS_AT_ONCE, failure_persistence: None, ..Config::default() };
    let texts = harmed(seeds);
    let until = Instant::now() + Duration::from_secs(seconds());
    let tried = Cell::new(0);
    for chance in chance().take_while(|_| Instant::now() < until) {
        // A runner that has had its texts would say yes to everything.
        let outcome = TestRunner::new_with_rng(config.clone(), chance).run(&texts, |text| {
            tried.set(tried.get() + 1);
            let _taken_or_not = (target.read)(&text);
            Ok(())
        });
        match outcome {
            Ok(()) => {}
            Err(TestError::Fail(why, text)) => {
                let shown = String::from_utf8_lossy(&text);
                panic!("{}: {why}\nleast text: {text:?}\nas text: {shown:?}", target.name);
            }
            Err(TestError::Abort(why)) => panic!("{}: {why}", target.name),
        }
    }
    tried.get()
}
