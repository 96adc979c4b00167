//! Bytes with some of them wrong.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};

use crate::run::chance;

/// Changes to one text at most.
const CHANGES: usize = 8;
/// Bytes of what is put in or said again at most.
const PIECE_BYTES: usize = 64;
/// Bytes of what resembles nothing.
const NOISE_BYTES: usize = 512;

/// What has troubled parsers before: ends and beginnings of structures, numbers at the edge of their types,
/// texts that are none, ways out of a folder.
const TROUBLE: &[&[u8]] = &[
    b"",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\x80\0\0\0",
    b"{",
    b"[",
    b"\"",
    b"]}",
    b"null",
    b"-1",
    b"1e999",
    b"-0.0",
    b"NaN",
    b"99999999999999999999",
    b"4294967296",
    b"\\ud800",
    b"%00",
    b"%zz",
    b"../",
    b"..\\",
    b"\r\n\r\n",
    b"\n\n",
    b",",
    b"\"\"",
    b"=cmd|",
    b"<!ENTITY",
    b"\xe2\x80\xae",
    b"\xf0\x9f\x91\xa9\xe2\x80\x8d",
    b"\xe6",
    b"\xe4\xba\x95\xe7\x9b\x96",
    b"2147483647",
    b"9007199254740993",
    b"0000-00-00",
    b"RRULE:FREQ=SECONDLY",
];

#[derive(Clone, Debug)]
enum Change {
    Flip { at: Index, bit: u8 },
    Put { at: Index, byte: u8 },
    Insert { at: Index, piece: Vec<u8> },
    Over { at: Index, piece: Vec<u8> },
    Again { from: Index, bytes: usize, times: usize },
    Cut { from: Index, bytes: usize },
    End { at: Index },
}

impl Change {
    fn any() -> impl Strategy<Value = Self> {
        let piece = || {
            let trouble = select(TROUBLE).prop_map(<[u8]>::to_vec);
            prop_oneof![3 => trouble, 1 => vec(any::<u8>(), 1..PIECE_BYTES)]
        };
        let index = any::<Index>;
        prop_oneof![
            3 => (index(), 0..8_u8).prop_map(|(at, bit)| Self::Flip { at, bit }),
            3 => (index(), any::<u8>()).prop_map(|(at, byte)| Self::Put { at, byte }),
            3 => (index(), piece()).prop_map(|(at, piece)| Self::Insert { at, piece }),
            3 => (index(), piece()).prop_map(|(at, piece)| Self::Over { at, piece }),
            1 => (index(), 1..PIECE_BYTES, 1..9_usize)
                .prop_map(|(from, bytes, times)| Self::Again { from, bytes, times }),
            2 => (index(), 1..PIECE_BYTES).prop_map(|(from, bytes)| Self::Cut { from, bytes }),
            1 => index().prop_map(|at| Self::End { at }),
        ]
    }

    fn to(&self, text: &mut Vec<u8>) {
        let place = |index: &Index| index.index(text.len() + 1);
        match self {
            Self::Flip { at, bit } => {
                if let Some(byte) =
                    (!text.is_empty()).then(|| at.index(text.len())).and_then(|at| text.get_mut(at))
                {
                    *byte ^= 1 << bit;
                }
            }
            Self::Put { at, byte } => {
                if let Some(there) =
                    (!text.is_empty()).then(|| at.index(text.len())).and_then(|at| text.get_mut(at))
                {
                    *there = *byte;
                }
            }
            Self::Insert { at, piece } => {
                let at = place(at);
                text.splice(at..at, piece.iter().copied());
            }
            Self::Over { at, piece } => {
                let at = place(at);
                let until = text.len().min(at + piece.len());
                text.splice(at..until, piece.iter().copied());
            }
            Self::Again { from, bytes, times } => {
                let from = place(from);
                let piece: Vec<u8> = text.iter().skip(from).take(*bytes).copied().collect();
                text.splice(from..from, piece.repeat(*times));
            }
            Self::Cut { from, bytes } => {
                let from = place(from);
                let until = text.len().min(from + bytes);
                text.drain(from..until);
            }
            Self::End { at } => {
                let at = place(at);
                text.truncate(at);
            }
        }
    }
}

/// One of these with a few changes, now and then none, now and then something that resembles none of them.
pub fn harmed(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let changed = (select(seeds), vec(Change::any(), 0..CHANGES)).prop_map(|(mut text, changes)| {
        for change in &changes {
            change.to(&mut text);
        }
        text
    });
    prop_oneof![15 => changed, 1 => vec(any::<u8>(), 0..NOISE_BYTES)]
}

/// The same without end, for what is tried by other means than a function.
pub fn without_end(seeds: Vec<Vec<u8>>) -> impl Iterator<Item = Vec<u8>> {
    let texts = harmed(seeds);
    let runner = |chance| TestRunner::new_with_rng(Config::default(), chance);
    chance().filter_map(move |chance| Some(texts.new_tree(&mut runner(chance)).ok()?.current()))
}
