//! Gzip, as far as text in it has to be read: RFC 1951 and RFC 1952, within a budget, without checking the checksum.
//!
//! What was cut off is given up to there; what is no gzip is not given at all.

/// Codes are at most so long: <https://www.rfc-editor.org/rfc/rfc1951#section-3.2.7>.
const MAX_BITS: usize = 15;

/// The bytes behind a gzip header, at most `budget` of them.
#[must_use]
pub fn gunzip(bytes: &[u8], budget: usize) -> Option<Vec<u8>> {
    let [0x1f, 0x8b, 8, flags, ..] = bytes else { return None };
    let mut at = 10;
    if flags & 4 != 0 {
        at += 2 + usize::from(*bytes.get(at)?) + (usize::from(*bytes.get(at + 1)?) << 8);
    }
    // The name of the file and a comment, each up to its zero byte.
    for flag in [8, 16] {
        if flags & flag != 0 {
            at += memchr::memchr(0, bytes.get(at..)?)? + 1;
        }
    }
    if flags & 2 != 0 {
        at += 2;
    }
    let mut inflate = Inflate { bytes: bytes.get(at..)?, at: 0, bits: 0, held: 0, out: Vec::new(), budget };
    while inflate.block()? {}
    Some(inflate.out)
}

struct Inflate<'b> {
    bytes: &'b [u8],
    at: usize,
    /// Bits that were read and not used, and how many.
    bits: u32,
    held: u32,
    out: Vec<u8>,
    budget: usize,
}

/// A canonical Huffman code: how many codes there are of each length, and their symbols in order.
struct Code {
    counts: [u16; MAX_BITS + 1],
    symbols: Vec<u16>,
}

impl Code {
    fn new(lengths: &[u8]) -> Self {
        let mut counts = [0u16; MAX_BITS + 1];
        lengths.iter().for_each(|length| counts[usize::from(*length)] += 1);
        counts[0] = 0;
        let mut starts = [0usize; MAX_BITS + 2];
        for length in 1..=MAX_BITS {
            starts[length + 1] = starts[length] + usize::from(counts[length]);
        }
        let mut symbols = vec![0u16; starts[MAX_BITS + 1]];
        for (symbol, length) in lengths.iter().enumerate().filter(|(_, length)| **length > 0) {
            let start = &mut starts[usize::from(*length)];
            symbols[*start] = u16::try_from(symbol).unwrap_or(0);
            *start += 1;
        }
        Self { counts, symbols }
    }
}

impl Inflate<'_> {
    /// Reads a block; whether another follows.
    fn block(&mut self) -> Option<bool> {
        let last = self.take(1)? == 1;
        let goes_on = match self.take(2)? {
            0 => self.stored()?,
            1 => {
                let lengths: Vec<u8> = (0..288u16).map(fixed_length).collect();
                self.compressed(&Code::new(&lengths), &Code::new(&[5; 30]))?
            }
            2 => {
                let (literals, distances) = self.codes()?;
                self.compressed(&literals, &distances)?
            }
            _ => return None,
        };
        Some(goes_on && !last)
    }

    fn take(&mut self, count: u32) -> Option<u32> {
        while self.held < count {
            self.bits |= u32::from(*self.bytes.get(self.at)?) << self.held;
            self.at += 1;
            self.held += 8;
        }
        let value = self.bits & ((1 << count) - 1);
        self.bits >>= count;
        self.held -= count;
        Some(value)
    }

    fn symbol(&mut self, code: &Code) -> Option<u16> {
        let (mut value, mut first, mut index) = (0usize, 0usize, 0usize);
        for count in &code.counts[1..] {
            value |= self.take(1)? as usize;
            let count = usize::from(*count);
            if value < first + count {
                return code.symbols.get(index + (value - first)).copied();
            }
            index += count;
            first = (first + count) << 1;
            value <<= 1;
        }
        None
    }

    /// Whether there is room for more.
    fn push(&mut self, byte: u8) -> bool {
        if self.out.len() < self.budget {
            self.out.push(byte);
        }
        self.out.len() < self.budget
    }

    fn stored(&mut self) -> Option<bool> {
        (self.bits, self.held) = (0, 0);
        let header = self.bytes.get(self.at..self.at + 4)?;
        let length = usize::from(header[0]) | usize::from(header[1]) << 8;
        self.at += 4;
        let room = self.budget - self.out.len();
        let taken = self.bytes.get(self.at..self.at + length)?;
        self.out.extend_from_slice(&taken[..length.min(room)]);
        self.at += length;
        Some(length < room)
    }

    /// The two codes that stand before a block, themselves in a code: <https://www.rfc-editor.org/rfc/rfc1951#section-3.2.7>.
    fn codes(&mut self) -> Option<(Code, Code)> {
        const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        let literals = self.take(5)? as usize + 257;
        let distances = self.take(5)? as usize + 1;
        let count = self.take(4)? as usize + 4;
        let mut lengths = [0u8; 19];
        for place in &ORDER[..count] {
            lengths[*place] = u8::try_from(self.take(3)?).ok()?;
        }
        let code = Code::new(&lengths);
        let mut lengths: Vec<u8> = Vec::with_capacity(literals + distances);
        while lengths.len() < literals + distances {
            let (value, times) = match self.symbol(&code)? {
                symbol @ 0..16 => (u8::try_from(symbol).ok()?, 1),
                16 => (*lengths.last()?, self.take(2)? + 3),
                17 => (0, self.take(3)? + 3),
                _ => (0, self.take(7)? + 11),
            };
            lengths.extend(std::iter::repeat_n(value, times as usize));
        }
        lengths.truncate(literals + distances);
        Some((Code::new(&lengths[..literals]), Code::new(&lengths[literals..])))
    }

    fn compressed(&mut self, literals: &Code, distances: &Code) -> Option<bool> {
        loop {
            // What was cut off ends here; what was read of it stays.
            let Some(symbol) = self.symbol(literals) else { return Some(false) };
            match symbol {
                256 => return Some(true),
                0..256 => {
                    if !self.push(symbol.to_le_bytes()[0]) {
                        return Some(false);
                    }
                }
                _ => {
                    let (base, extra) = length_of(symbol - 257)?;
                    let length = base + self.take(extra)? as usize;
                    let (base, extra) = distance_of(self.symbol(distances)?)?;
                    let distance = base + self.take(extra)? as usize;
                    let from = self.out.len().checked_sub(distance)?;
                    for at in from..from + length {
                        let byte = *self.out.get(at)?;
                        if !self.push(byte) {
                            return Some(false);
                        }
                    }
                }
            }
        }
    }
}

fn fixed_length(symbol: u16) -> u8 {
    match symbol {
        0..144 => 8,
        144..256 => 9,
        256..280 => 7,
        _ => 8,
    }
}

/// The shortest length of a symbol, and how many bits add to it.
fn length_of(symbol: u16) -> Option<(usize, u32)> {
    Some(match symbol {
        0..8 => (usize::from(symbol) + 3, 0),
        28 => (258, 0),
        8..28 => {
            let extra = u32::from(symbol / 4 - 1);
            (((4 + usize::from(symbol % 4)) << extra) + 3, extra)
        }
        _ => return None,
    })
}

/// The shortest distance of a symbol, and how many bits add to it.
fn distance_of(symbol: u16) -> Option<(usize, u32)> {
    Some(match symbol {
        0..4 => (usize::from(symbol) + 1, 0),
        4..30 => {
            let extra = u32::from(symbol / 2 - 1);
            (((2 + usize::from(symbol % 2)) << extra) + 1, extra)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::gunzip;

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
    }

    #[test]
    fn what_is_stored_is_read() {
        // A stored block: its length, the length's complement, the bytes.
        let mut file = bytes("1f8b0800000000000003");
        file.extend([1, 5, 0, 0xfa, 0xff]);
        file.extend(b"hello");
        assert_eq!(gunzip(&file, 100).unwrap(), b"hello");
        assert_eq!(gunzip(&file, 3).unwrap(), b"hel");
        assert_eq!(gunzip(&file[..12], 100), None);
        assert_eq!(gunzip(b"no gzip at all", 100), None);
    }

    #[test]
    fn what_is_compressed_is_read() {
        for (hex, text) in FILES {
            let file = bytes(hex);
            assert_eq!(String::from_utf8(gunzip(&file, 10_000).unwrap()).unwrap(), text.repeat(20));
            assert_eq!(gunzip(&file, 7).unwrap(), &text.as_bytes()[..7]);
        }
    }

    /// Twenty times each text: with the fixed code, with a code of its own, without repetitions.
    const FILES: &[(&str, &str)] = &[
        (
            "1f8b08000000000002034b49b252a8cec82f2eb15248d45128482c2e2ecf2f4ab152c8cbcf4bade54a19951d95254b1600e04b81b258020000",
            "db: {host: a, password: none}\n",
        ),
        (
            "1f8b0800000000000203ab56ca4bcc4d55b252502acec82f50d251502a4bcc294d2d068a542b15a516e4642627823846b5b55cd5a36a47d58eaaa5482d0001f1655f70030000",
            "{\"name\": \"shop\", \"values\": {\"replicas\": 2}}\n",
        ),
        (
            "1f8b080000000000020305c1b10900200c04c0de297e0027f86d2211ac12f1050b7177efbc1177a4366115d3a493cb89c8e8af7823ee486dc22aa64927971391d15ff146dc91da84554c934e2e2722a3bfe28db823b509ab98269d5c4e44467fc51b71476a1356314d3ab99c888cfe8a37e28ed426ac629a7472391119fd156fc41da94d58c534e9e4722232fa2bde883b529bb08a69d2c9e54464f457bc1177a4366115d3a493cb89c8e8af7823ee486dc22aa64927971391d15ff146dc91da84554c934e2e2722a3bfe28db823b509ab98269d5c4e44467fc51b71476a1356314d3ab99c888cfe8a37e28ed426ac629a7472391119fd156fc41da94d58c534e9e4722232fa2bde883b529bb08a69d2c9e54464f457bc1177a4366115d3a493cb89c8e8af7823ee486dc22aa64927971391d15ff146dc91da84554c934e2e2722a3bfe28db823b509ab98269d5c4e44467fe503e04b81b258020000",
            "db: {host: a, password: none}\n",
        ),
    ];

    proptest! {
        #[test]
        fn any_bytes_are_survived(tail in proptest::collection::vec(any::<u8>(), 0..200), flags in 0u8..32) {
            let mut file = vec![0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 0];
            file.extend(tail);
            if let Some(out) = gunzip(&file, 1_000) {
                prop_assert!(out.len() <= 1_000);
            }
        }
    }
}
