//! Changes of a source's text, as data: views and checks propose them, the room `fix` carries them out.

use std::sync::Arc;

use super::Span;

/// What stands under `span` becomes `text`. An empty span is an insertion.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// By what. Never a secret.
    pub text: String,
}

impl Edit {
    /// A replacement.
    #[must_use]
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    /// An insertion before a byte.
    #[must_use]
    pub fn insert(at: u32, text: impl Into<String>) -> Self {
        Self { span: Span { start: at, end: at }, text: text.into() }
    }
}

/// The members of a list or a mapping. Which of them go, several findings say together: what stands between two members goes
/// with one of them, and where none is left, something else takes their place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// Where the members stand, in order.
    pub members: Vec<Span>,
    /// Whether something stands between them, a comma at least, that must not be left over. Otherwise members are whole lines.
    pub separated: bool,
    /// What happens where no member is left.
    pub emptied: Vec<Edit>,
}

/// A member of a group goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Removal {
    /// The group.
    pub group: Arc<Group>,
    /// Which of its members.
    pub member: usize,
}

impl Group {
    /// Everything that may change, whichever members go.
    #[must_use]
    pub fn hull(&self) -> Span {
        let spans = self.members.iter().copied().chain(self.emptied.iter().map(|edit| edit.span));
        spans.reduce(Span::hull).unwrap_or_default()
    }
}

/// Everything that changes together: all of it or nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Change {
    /// What is replaced.
    pub edits: Vec<Edit>,
    /// What goes from a list or a mapping.
    pub removals: Vec<Removal>,
}

impl From<Edit> for Change {
    fn from(edit: Edit) -> Self {
        Self { edits: vec![edit], ..Self::default() }
    }
}

impl From<Removal> for Change {
    fn from(removal: Removal) -> Self {
        Self { removals: vec![removal], ..Self::default() }
    }
}

impl Change {
    /// The edits that carry it out where nothing else changes; sorted.
    #[must_use]
    pub fn alone(&self) -> Vec<Edit> {
        let mut edits = self.edits.clone();
        for (index, removal) in self.removals.iter().enumerate() {
            let of_group = |other: &&Removal| other.group.hull() == removal.group.hull();
            if !self.removals[..index].iter().any(|earlier| of_group(&earlier)) {
                let gone: Vec<usize> = self.removals.iter().filter(of_group).map(|removal| removal.member).collect();
                edits.extend(removal.group.without(&gone));
            }
        }
        edits.sort_by_key(|edit| edit.span);
        edits
    }
}

impl Group {
    /// The edits that take these members away; `gone` in any order.
    #[must_use]
    pub fn without(&self, gone: &[usize]) -> Vec<Edit> {
        let mut gone: Vec<usize> = gone.iter().copied().filter(|index| *index < self.members.len()).collect();
        gone.sort_unstable();
        gone.dedup();
        if gone.len() == self.members.len() {
            return self.emptied.clone();
        }
        gone.chunk_by(|one, next| one + 1 == *next).filter_map(|run| self.run(*run.first()?, run.last()? + 1)).collect()
    }

    /// The members from `first` to before `after` go; some other stays.
    fn run(&self, first: usize, after: usize) -> Option<Edit> {
        let (start, end) = (self.members.get(first)?, self.members.get(after.checked_sub(1)?)?);
        let before = first.checked_sub(1).and_then(|index| self.members.get(index));
        let span = match (self.separated, before) {
            (true, Some(before)) => Span { start: before.end, end: end.end },
            (true, None) => Span { start: start.start, end: self.members.get(after)?.start },
            (false, _) => Span { start: start.start, end: end.end },
        };
        Some(Edit::replace(span, ""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text of a group without some members.
    fn without(group: &Group, text: &str, gone: &[usize]) -> String {
        let mut left = text.to_owned();
        for edit in group.without(gone).iter().rev() {
            left.replace_range(edit.span.range(), &edit.text);
        }
        left
    }

    #[test]
    fn any_members_go_with_what_stands_between_them() {
        let text = "[a, b,c]";
        let spans = vec![Span::new(1, 2), Span::new(4, 5), Span::new(6, 7)];
        let group = Group { members: spans, separated: true, emptied: vec![Edit::replace(Span::new(0, 8), "[]")] };
        for (gone, left) in [
            (&[][..], "[a, b,c]"),
            (&[0], "[b,c]"),
            (&[1], "[a,c]"),
            (&[2], "[a, b]"),
            (&[1, 0], "[c]"),
            (&[0, 2], "[b]"),
            (&[1, 2], "[a]"),
            (&[2, 0, 1], "[]"),
        ] {
            assert_eq!(without(&group, text, gone), left);
        }
    }

    #[test]
    fn a_change_by_itself_takes_what_goes_from_one_group_together() {
        let members = vec![Span::new(1, 2), Span::new(4, 5), Span::new(6, 7)];
        let group = Arc::new(Group { members, separated: true, emptied: vec![Edit::replace(Span::new(0, 8), "[]")] });
        let removals = [2, 1, 2].map(|member| Removal { group: Arc::clone(&group), member }).to_vec();
        let change = Change { edits: vec![Edit::insert(9, "x")], removals };
        assert_eq!(change.alone(), [Edit::replace(Span::new(2, 7), ""), Edit::insert(9, "x")]);
    }

    #[test]
    fn lines_go_as_a_whole() {
        let text = "v:\n  a: 1\n  b: 2\n";
        let group = Group {
            members: vec![Span::new(3, 10), Span::new(10, 17)],
            separated: false,
            emptied: vec![Edit::replace(Span::new(0, 17), "")],
        };
        assert_eq!(without(&group, text, &[0]), "v:\n  b: 2\n");
        assert_eq!(without(&group, text, &[1]), "v:\n  a: 1\n");
        assert_eq!(without(&group, text, &[0, 1]), "");
    }
}
