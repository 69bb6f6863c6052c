//! Which of the proposed changes are made together.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::finding::{Finding, Fix};
use crate::source::{Change, Edit, Group, Removal, SourceId, Span};

/// What happens to one file.
#[derive(Clone, Debug, Default)]
pub struct Planned {
    /// Sorted, none touching another.
    pub edits: Vec<Edit>,
    /// Which of the given findings are mended, by their index.
    pub mended: Vec<usize>,
    /// Which have to wait, because an earlier one changes the same bytes.
    pub waiting: Vec<usize>,
}

/// Brings together the changes that the findings of a source propose, unsafe ones only if they are wanted. Earlier findings come
/// first; equal edits of two findings are one.
#[must_use]
pub fn plan(source: SourceId, findings: &[&Finding], with_unsafe: bool) -> Planned {
    let wanted = |fix: &&Fix| fix.safe || with_unsafe;
    let own = findings.iter().enumerate().filter(|(_, finding)| finding.place.source == source);
    let mut proposed: Vec<(usize, &Finding, &Fix)> =
        own.filter_map(|(index, finding)| Some((index, *finding, finding.fix.as_ref().filter(wanted)?))).collect();
    proposed.sort_by_key(|(index, finding, _)| (finding.place.span, *index));
    let (mut taken, mut planned) = (Taken::default(), Planned::default());
    for (index, _, fix) in proposed {
        let list = if taken.take(&fix.change) { &mut planned.mended } else { &mut planned.waiting };
        list.push(index);
    }
    planned.edits = taken.edits();
    planned
}

/// What was taken so far. No two entries touch.
#[derive(Default)]
struct Taken {
    /// Sorted.
    edits: Vec<Edit>,
    /// By what may change of them.
    groups: BTreeMap<Span, (Arc<Group>, Vec<usize>)>,
}

impl Taken {
    /// Takes a change if it goes together with what was taken.
    fn take(&mut self, change: &Change) -> bool {
        let is_clear = |span: Span| self.near(span).is_empty() && !self.is_in_a_group(span);
        let fits = change.edits.iter().all(|edit| self.fits(edit) && !self.is_in_a_group(edit.span))
            && change.removals.iter().all(|removal| {
                let hull = removal.group.hull();
                self.groups.get(&hull).is_some_and(|(known, _)| *known == removal.group) || is_clear(hull)
            });
        if fits {
            for edit in &change.edits {
                if !self.near(edit.span).contains(edit) {
                    let at = self.edits.partition_point(|known| known.span <= edit.span);
                    self.edits.insert(at, edit.clone());
                }
            }
            for Removal { group, member } in &change.removals {
                let known = self.groups.entry(group.hull()).or_insert_with(|| (Arc::clone(group), Vec::new()));
                known.1.push(*member);
            }
        }
        fits
    }

    /// An equal edit is the same one, and several texts may be inserted at one place.
    fn fits(&self, edit: &Edit) -> bool {
        let both_insert = |known: &Edit| known.span.is_empty() && known.span == edit.span;
        self.near(edit.span).iter().all(|known| known == edit || both_insert(known) || !touch(known.span, edit.span))
    }

    /// The edits that begin or end in a span, or at one of its ends.
    fn near(&self, span: Span) -> &[Edit] {
        let from = self.edits.partition_point(|known| known.span.end < span.start);
        let to = self.edits.partition_point(|known| known.span.start <= span.end);
        self.edits.get(from..to).unwrap_or(&[])
    }

    /// Of the groups that begin before the span's end, only the last can reach into it.
    fn is_in_a_group(&self, span: Span) -> bool {
        let before = self.groups.range(..=Span { start: span.end, end: u32::MAX });
        before.last().is_some_and(|(hull, _)| touch(*hull, span))
    }

    fn edits(self) -> Vec<Edit> {
        let mut edits = self.edits;
        edits.extend(self.groups.values().flat_map(|(group, members)| group.without(members)));
        edits.sort_by_key(|edit| edit.span);
        edits
    }
}

/// Whether two edits cannot both be made: their bytes overlap, or one inserts inside the other.
fn touch(one: Span, other: Span) -> bool {
    let inside = |point: Span, span: Span| point.is_empty() && span.start < point.start && point.start < span.end;
    one.overlaps(other) || inside(one, other) || inside(other, one) || one == other
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::page;
    use crate::finding::Findings;
    use crate::source::Place;

    static PAGE: crate::catalogue::Page = page!("notebook/secret-in-output");

    /// Plans changes that are proposed at consecutive places, safe where they say so.
    fn planned(changes: &[(bool, Change)], with_unsafe: bool) -> Planned {
        let mut findings = Findings::new(&PAGE);
        for (at, (safe, change)) in changes.iter().enumerate() {
            let place = Place { source: SourceId(1), span: Span::new(at, at + 1) };
            let finding = findings.report(place, "");
            if *safe {
                finding.safe_fix("mend it", Some(change.clone()))
            } else {
                finding.unsafe_fix("mend it", Some(change.clone()))
            };
        }
        let list = findings.into_list();
        plan(SourceId(1), &list.iter().collect::<Vec<_>>(), with_unsafe)
    }

    fn replace(start: usize, end: usize, text: &str) -> Change {
        Edit::replace(Span::new(start, end), text).into()
    }

    #[test]
    fn the_first_of_two_that_overlap_wins() {
        let planned = planned(&[(true, replace(10, 20, "a")), (true, replace(15, 25, "b")), (true, replace(20, 22, "c"))], false);
        assert_eq!((planned.mended, planned.waiting), (vec![0, 2], vec![1]));
        assert_eq!(planned.edits.len(), 2);
    }

    #[test]
    fn equal_edits_are_one_and_insertions_at_one_place_are_two() {
        let same = planned(&[(true, replace(10, 20, "a")), (true, replace(10, 20, "a")), (true, replace(10, 20, "b"))], false);
        assert_eq!((same.mended, same.waiting, same.edits.len()), (vec![0, 1], vec![2], 1));
        let texts = planned(&[(true, replace(10, 10, "b")), (true, replace(10, 10, "a"))], false).edits;
        assert_eq!(texts.iter().map(|edit| edit.text.as_str()).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(planned(&[(true, replace(10, 20, "")), (true, replace(15, 15, "x"))], false).waiting, [1]);
    }

    #[test]
    fn unsafe_ones_are_made_only_when_asked_for() {
        let changes = [(false, replace(10, 20, "a")), (true, replace(30, 40, "b"))];
        assert_eq!(planned(&changes, false).mended, [1]);
        assert_eq!(planned(&changes, true).mended, [0, 1]);
    }

    #[test]
    fn members_of_one_group_go_together() {
        let members = vec![Span::new(1, 2), Span::new(3, 4)];
        let group = Arc::new(Group { members, separated: true, emptied: vec![Edit::replace(Span::new(0, 5), "[]")] });
        let gone = |member| (true, Change::from(Removal { group: Arc::clone(&group), member }));
        assert_eq!(planned(&[gone(0)], false).edits, [Edit::replace(Span::new(1, 3), "")]);
        assert_eq!(planned(&[gone(0), gone(1), gone(1)], false).edits, [Edit::replace(Span::new(0, 5), "[]")]);
        assert_eq!(planned(&[gone(0), (true, replace(3, 4, "x"))], false).waiting, [1]);
        assert_eq!(planned(&[(true, replace(3, 4, "x")), gone(0)], false).waiting, [1]);
    }

    #[test]
    fn another_files_findings_change_nothing() {
        let mut findings = Findings::new(&PAGE);
        findings.report(Place { source: SourceId(2), span: Span::new(0, 1) }, "").safe_fix("mend it", Some(replace(0, 1, "")));
        let list = findings.into_list();
        assert!(plan(SourceId(1), &list.iter().collect::<Vec<_>>(), true).edits.is_empty());
    }
}
