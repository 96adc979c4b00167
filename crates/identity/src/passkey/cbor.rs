//! The little of CBOR (RFC 8949) that browsers send: whole numbers, bytes, text, lists, maps, and the simple
//! values, each of a length that is said beforehand (CTAP2 canonical form).

/// How deep lists and maps may lie in each other: CTAP2 allows four.
const DEPTH_MAX: u8 = 4;
/// Entries of a list or map at most; an attestation has three, a key five.
const ENTRIES_MAX: u64 = 32;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item<'a> {
    Number(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    List(Vec<Item<'a>>),
    Map(Vec<(Item<'a>, Item<'a>)>),
    /// True, false, null and numbers with a point: nothing that is looked at.
    Other,
}

impl<'a> Item<'a> {
    /// Reads one value, and gives back what follows it. None where it is none.
    pub(super) fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        Self::within(bytes, DEPTH_MAX)
    }

    fn within(bytes: &'a [u8], depth: u8) -> Option<(Self, &'a [u8])> {
        let (&first, rest) = bytes.split_first()?;
        let (major, short) = (first >> 5, first & 0x1f);
        let (length, rest) = length(short, rest)?;
        match major {
            0 => Some((Self::Number(i64::try_from(length).ok()?), rest)),
            1 => Some((Self::Number(-1 - i64::try_from(length).ok()?), rest)),
            2 | 3 => {
                let (taken, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
                let item =
                    if major == 2 { Self::Bytes(taken) } else { Self::Text(str::from_utf8(taken).ok()?) };
                Some((item, rest))
            }
            4 | 5 => {
                let depth = depth.checked_sub(1)?;
                if length > ENTRIES_MAX {
                    return None;
                }
                let (mut list, mut map, mut rest) = (Vec::new(), Vec::new(), rest);
                for _ in 0..length {
                    let (one, after) = Self::within(rest, depth)?;
                    rest = after;
                    if major == 4 {
                        list.push(one);
                    } else {
                        let (value, after) = Self::within(rest, depth)?;
                        rest = after;
                        map.push((one, value));
                    }
                }
                Some((if major == 4 { Self::List(list) } else { Self::Map(map) }, rest))
            }
            7 => Some((Self::Other, rest)),
            _ => None,
        }
    }

    /// What a map has under a key; none where it has it twice.
    pub(super) fn get(&self, key: &Item<'_>) -> Option<&Self> {
        let Self::Map(entries) = self else { return None };
        let mut found = entries.iter().filter(|(name, _)| name == key).map(|(_, value)| value);
        let first = found.next();
        first.filter(|_| found.next().is_none())
    }

    pub(super) const fn bytes(&self) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    pub(super) const fn number(&self) -> Option<i64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }
}

/// The number that stands in the first byte, or in the one, two, four or eight that follow it.
fn length(short: u8, rest: &[u8]) -> Option<(u64, &[u8])> {
    let following = match short {
        0..24 => return Some((short.into(), rest)),
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        // Of a length that is not said.
        _ => return None,
    };
    let (taken, rest) = rest.split_at_checked(following)?;
    Some((taken.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_in_the_standard_is_read() {
        // RFC 8949, appendix A.
        let read = |bytes: &'static [u8]| Item::read(bytes).map(|(item, rest)| (item, rest.len()));
        assert_eq!(read(&[0x17]), Some((Item::Number(23), 0)));
        assert_eq!(read(&[0x19, 0x03, 0xe8]), Some((Item::Number(1000), 0)));
        assert_eq!(read(&[0x39, 0x01, 0x00]), Some((Item::Number(-257), 0)));
        assert_eq!(read(&[0x44, 1, 2, 3, 4, 9]), Some((Item::Bytes(&[1, 2, 3, 4]), 1)));
        assert_eq!(read(&[0x62, 0xc3, 0x21]), None, "half a letter");
        assert_eq!(read(&[0x62, 0xc3, 0xbc]), Some((Item::Text("ü"), 0)));
        let map = Item::Map(vec![(Item::Text("a"), Item::Number(1)), (Item::Text("b"), Item::List(vec![]))]);
        assert_eq!(read(&[0xa2, 0x61, 0x61, 1, 0x61, 0x62, 0x80]), Some((map, 0)));
        assert_eq!(read(&[0xf6]), Some((Item::Other, 0)));
        assert_eq!(read(&[0xfb, 0, 0, 0, 0, 0, 0, 0, 0]), Some((Item::Other, 0)));
    }

    #[test]
    fn what_is_cut_off_too_deep_or_too_large_is_none() {
        let wrong: [&[u8]; 9] = [
            &[],
            &[0x19, 3],
            &[0x44, 1, 2],
            &[0xa1, 1],
            &[0x81, 0x81, 0x81, 0x81, 0x81, 0],
            &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x98, 33],
            &[0x5f, 0x41, 0, 0xff],
            &[0xc0, 0x00],
        ];
        for bytes in wrong {
            assert_eq!(Item::read(bytes), None, "{bytes:02x?}");
        }
        let twice = Item::Map(vec![(Item::Number(1), Item::Number(2)), (Item::Number(1), Item::Number(3))]);
        assert_eq!(twice.get(&Item::Number(1)), None);
    }
}
