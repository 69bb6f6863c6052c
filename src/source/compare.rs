//! Which lines of a text an older text has too. Work is bounded: where it would go on for too long, more lines count as changed.

use std::collections::HashMap;

/// How many times the lines of both texts may be looked at.
const PASSES: usize = 64;

/// A text compared with an older one, line by line. Lines end as they do in `Position`; how they end does not count.
#[derive(Debug)]
pub struct Compared {
    /// Per line, the old line's number, from 1; 0 where there is none.
    old: Vec<u32>,
    /// Per line, how many lines before it are changed; one more at the end.
    changed: Vec<u32>,
}

impl Compared {
    /// Compares two texts.
    #[must_use]
    pub fn new(old: &str, new: &str) -> Self {
        let mut ids = HashMap::new();
        let old = numbered(old, &mut ids);
        let new = numbered(new, &mut ids);
        let matched = Matching { old: &old, new: &new, of_new: vec![0; new.len()], seen: vec![Seen::default(); ids.len()] }.run();
        let mut changed = Vec::with_capacity(matched.len() + 1);
        changed.push(0);
        let mut count = 0;
        for line in &matched {
            count += u32::from(*line == 0);
            changed.push(count);
        }
        Self { old: matched, changed }
    }

    /// The line of the old text that a line, counted from 1, was.
    #[must_use]
    pub fn before(&self, line: u32) -> Option<u32> {
        self.old.get((line as usize).checked_sub(1)?).copied().filter(|line| *line > 0)
    }

    /// Whether one of these lines is changed; both count from 1, the last is one of them.
    #[must_use]
    pub fn touches(&self, first: u32, last: u32) -> bool {
        let end = |line: u32| self.changed.get((line as usize).min(self.old.len())).copied().unwrap_or(0);
        end(last) > end(first.saturating_sub(1))
    }
}

/// The lines as numbers; equal lines have equal ones.
fn numbered<'t>(text: &'t str, ids: &mut HashMap<&'t str, u32>) -> Vec<u32> {
    let text = text.trim_start_matches('\u{feff}');
    let bytes = text.as_bytes();
    let ends = memchr::memchr2_iter(b'\n', b'\r', bytes).filter(|at| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
    let mut start = 0;
    let mut lines = Vec::new();
    for end in ends.chain((bytes.last().is_some_and(|last| !matches!(last, b'\n' | b'\r'))).then_some(bytes.len())) {
        let line = text.get(start..end).unwrap_or("");
        let next = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        lines.push(*ids.entry(line.strip_suffix('\r').unwrap_or(line)).or_insert(next));
        start = end + 1;
    }
    lines
}

/// How often a line stands in a part of each text.
#[derive(Clone, Copy, Default)]
struct Seen {
    old: u32,
    new: u32,
}

/// What is still to be matched: a part of the old text and one of the new.
#[derive(Clone, Copy)]
struct Part {
    old: (usize, usize),
    new: (usize, usize),
}

/// Patience: lines that are alike at both ends, then those that stand once in either part; between them the same again.
struct Matching<'l> {
    old: &'l [u32],
    new: &'l [u32],
    of_new: Vec<u32>,
    seen: Vec<Seen>,
}

impl Matching<'_> {
    fn run(mut self) -> Vec<u32> {
        let mut budget = PASSES * (self.old.len() + self.new.len());
        let mut parts = vec![Part { old: (0, self.old.len()), new: (0, self.new.len()) }];
        while let Some(part) = parts.pop() {
            let part = self.trim(part);
            let work = part.old.1 - part.old.0 + part.new.1 - part.new.0;
            if part.old.0 == part.old.1 || part.new.0 == part.new.1 || work > budget {
                continue;
            }
            budget -= work;
            let (mut old, mut new) = (part.old.0, part.new.0);
            let anchors = self.anchors(part);
            if anchors.is_empty() {
                continue;
            }
            for (at_old, at_new) in anchors {
                self.pair(at_old, at_new);
                parts.push(Part { old: (old, at_old), new: (new, at_new) });
                (old, new) = (at_old + 1, at_new + 1);
            }
            parts.push(Part { old: (old, part.old.1), new: (new, part.new.1) });
        }
        self.of_new
    }

    fn pair(&mut self, old: usize, new: usize) {
        self.of_new[new] = u32::try_from(old + 1).unwrap_or(0);
    }

    /// Pairs what is alike at both ends; what lies between them.
    fn trim(&mut self, mut part: Part) -> Part {
        while part.old.0 < part.old.1 && part.new.0 < part.new.1 && self.old[part.old.0] == self.new[part.new.0] {
            self.pair(part.old.0, part.new.0);
            part.old.0 += 1;
            part.new.0 += 1;
        }
        while part.old.0 < part.old.1 && part.new.0 < part.new.1 && self.old[part.old.1 - 1] == self.new[part.new.1 - 1] {
            part.old.1 -= 1;
            part.new.1 -= 1;
            self.pair(part.old.1, part.new.1);
        }
        part
    }

    /// Pairs of equal lines in the order of both parts: of lines that stand once in either, if there are any, else of lines that
    /// stand equally often, else the first ones of each line with the first.
    fn anchors(&mut self, part: Part) -> Vec<(usize, usize)> {
        let (old, new) = (self.old, self.new);
        for id in &old[part.old.0..part.old.1] {
            self.seen[*id as usize].old += 1;
        }
        for id in &new[part.new.0..part.new.1] {
            self.seen[*id as usize].new += 1;
        }
        let tests: [fn(Seen) -> bool; 3] =
            [|seen| seen.old == 1 && seen.new == 1, |seen| seen.old == seen.new, |seen| seen.old > 0 && seen.new > 0];
        let mut pairs = Vec::new();
        for test in tests {
            let mut places: HashMap<u32, Vec<usize>> = HashMap::new();
            for at in (part.old.0..part.old.1).rev().filter(|at| test(self.seen[old[*at] as usize])) {
                places.entry(old[at]).or_default().push(at);
            }
            let next = |at: usize| Some((places.get_mut(&new[at])?.pop()?, at));
            pairs = (part.new.0..part.new.1).filter_map(next).collect();
            if !pairs.is_empty() {
                break;
            }
        }
        for id in old[part.old.0..part.old.1].iter().chain(&new[part.new.0..part.new.1]) {
            self.seen[*id as usize] = Seen::default();
        }
        rising(&pairs)
    }
}

/// The longest choice of pairs, sorted by their second, whose firsts rise.
fn rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // Per length, the pair that ends a choice of it with the least first; and per pair, the one before it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (index, (first, _)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].0 < *first);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(index);
        } else {
            ends[length] = index;
        }
    }
    let mut chosen: Vec<(usize, usize)> =
        std::iter::successors(ends.last().copied(), |index| before[*index]).map(|index| pairs[index]).collect();
    chosen.reverse();
    chosen
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The lines of the new text that are changed.
    fn changed(old: &str, new: &str) -> Vec<u32> {
        let compared = Compared::new(old, new);
        let lines = u32::try_from(new.lines().count()).unwrap();
        (1..=lines).filter(|line| compared.touches(*line, *line)).collect()
    }

    #[test]
    fn what_is_added_or_written_otherwise_is_changed() {
        assert_eq!(changed("a\nb\nc\n", "a\nx\nb\nc\n"), [2]);
        assert_eq!(changed("a\nb\nc\n", "a\ny\nc\n"), [2]);
        assert_eq!(changed("a\nb\nc\n", "a\nc\n"), [0; 0]);
        assert_eq!(changed("", "a\nb"), [1, 2]);
        assert_eq!(changed("a\nb", ""), [0; 0]);
        assert_eq!(changed("a", "a\nb\n"), [2]);
        // A block that was moved is changed in its new place, or what it was moved over is.
        assert_eq!(changed("1\n2\n3\n4\n5\n", "3\n4\n5\n1\n2\n"), [4, 5]);
        assert_eq!(changed("}\n}\na\n}\n", "}\n}\nb\n}\n}\n"), [3, 4]);
    }

    #[test]
    fn how_a_line_ends_does_not_count() {
        assert_eq!(changed("a\nb\n", "\u{feff}a\r\nb"), [0; 0]);
        assert_eq!(changed("a\rb\r", "a\nx\nb\n"), [2]);
        let compared = Compared::new("a\nb\nc\n", "x\r\na\r\nc");
        assert_eq!([1, 2, 3, 4].map(|line| compared.before(line)), [None, Some(1), Some(3), None]);
        assert!(compared.touches(1, 3) && compared.touches(0, 1) && !compared.touches(2, 9) && !compared.touches(7, 9));
    }

    #[test]
    fn lines_that_are_all_alike_or_all_different_take_no_time() {
        let alike = "}\n".repeat(200_000);
        assert_eq!(changed(&alike, &(alike.clone() + "}\n")).len(), 1);
        let numbers = |from: u32| (from..from + 100_000).map(|n| format!("{n}\n")).collect::<String>();
        assert_eq!(changed(&numbers(0), &numbers(100_000)).len(), 100_000);
        let mut reversed: Vec<String> = numbers(0).lines().map(str::to_owned).collect();
        reversed.reverse();
        assert!(changed(&numbers(0), &reversed.join("\n")).len() >= 99_999);
        // One line only is unique in each part, at its end: the budget ends it.
        let nested = |n: u32, odd: &str| (0..n).rev().map(|i| format!("{}\n{odd}\n{i}\n", i + 1)).collect::<String>();
        let _ = changed(&nested(20_000, "x"), &nested(20_000, "y"));
    }

    proptest! {
        #[test]
        fn what_is_paired_is_equal_and_in_order(old in "([ab\r]?[a-c]?\n){0,30}", new in "([ab\r]?[a-c]?\n){0,30}") {
            let compared = Compared::new(&old, &new);
            let mut ids = HashMap::new();
            let (old, new) = (numbered(&old, &mut ids), numbered(&new, &mut ids));
            let mut last = 0;
            for (at, line) in new.iter().enumerate() {
                if let Some(before) = compared.before(u32::try_from(at).unwrap() + 1) {
                    prop_assert!(before > last);
                    prop_assert_eq!(old[before as usize - 1], *line);
                    last = before;
                }
            }
        }

        #[test]
        fn lines_put_between_others_are_the_changed_ones(kept in 0..50_usize, at in 0..50_usize, more in 0..9_usize) {
            let old: Vec<String> = (0..kept).map(|n| format!("line {}", n % 7)).collect();
            let at = at.min(kept);
            let added: Vec<String> = (0..more).map(|n| format!("added {n}")).collect();
            let new: Vec<&str> = old[..at].iter().chain(&added).chain(&old[at..]).map(String::as_str).collect();
            let expected: Vec<u32> = (at..at + more).map(|line| u32::try_from(line).unwrap() + 1).collect();
            prop_assert_eq!(changed(&old.join("\n"), &new.join("\n")), expected);
        }
    }
}
