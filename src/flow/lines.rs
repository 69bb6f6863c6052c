//! One line of a file is one finding.

use crate::source::Place;

/// Of each line what ranks first, in the order of the lines. All of it stands in one file, of which this is the text.
pub(super) fn first_of_each<T, K: Ord>(mut found: Vec<T>, text: &str, place: impl Fn(&T) -> Place, rank: impl Fn(&T) -> K) -> Vec<T> {
    if found.len() < 2 {
        return found;
    }
    let ends: Vec<usize> = memchr::memchr_iter(b'\n', text.as_bytes()).collect();
    let line = |item: &T| ends.partition_point(|end| *end < place(item).span.start as usize);
    found.sort_by_cached_key(|item| (line(item), rank(item)));
    found.dedup_by_key(|item| line(item));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceId, Span};

    #[test]
    fn a_line_is_told_once_by_what_ranks_first() {
        let text = "a b\nc\n\nd e";
        let kept = |found: &[(usize, u8)]| {
            first_of_each(found.to_vec(), text, |(at, _)| Place { source: SourceId(0), span: Span::new(*at, *at) }, |(_, rank)| *rank)
        };
        assert_eq!(kept(&[(9, 1), (7, 2), (0, 3), (3, 2), (4, 1), (6, 0)]), [(3, 2), (4, 1), (6, 0), (9, 1)]);
        assert_eq!(kept(&[(2, 1)]), [(2, 1)]);
        assert!(kept(&[]).is_empty());
    }
}
