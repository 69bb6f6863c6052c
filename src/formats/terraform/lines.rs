//! One more argument in a block or an object, on a line of its own: indented as the others and aligned as `terraform fmt` aligns
//! (<https://developer.hashicorp.com/terraform/language/style#code-formatting>), if the lines around it are.

use super::Block;
use crate::source::{Change, Edit, Place, Source, Span};
use crate::syntax::hcl;

/// What stands between two braces: arguments, each from its name to the end of its value.
pub(super) struct Lines<'a> {
    source: &'a Source,
    /// With the braces.
    braces: Span,
    arguments: Vec<(Span, Span)>,
}

impl<'a> Lines<'a> {
    /// Nothing for JSON, which has other rules.
    pub(super) fn new(source: &'a Source, braces: Span, arguments: Vec<(Span, Span)>) -> Option<Self> {
        let raw = source.slice(braces);
        let json = source.file_name().to_ascii_lowercase().ends_with(".json");
        (!json && raw.starts_with('{') && raw.ends_with('}')).then_some(Self { source, braces, arguments })
    }

    fn text(&self, start: u32, end: u32) -> &'a str {
        self.source.text.get(start as usize..end as usize).unwrap_or("")
    }

    /// `name = value` behind the argument at `after`, or as the only one where there is none.
    pub(super) fn with(&self, name: &str, value: &str, after: Option<usize>) -> Option<Change> {
        let Some(after) = after.filter(|_| !self.arguments.is_empty()) else { return self.only(name, value) };
        let (own, written) = *self.arguments.get(after)?;
        let start = self.line_start(own.start);
        let indent = self.text(start, own.start);
        if !is_blank(indent) {
            return self.unfolded(name, value);
        }
        let rest = self.text(written.end, self.braces.end);
        let rest = rest.split(['\n', '\r']).next().unwrap_or("");
        let comma = if rest.trim_start().starts_with(',') { "," } else { "" };
        let behind = rest.trim_start().trim_start_matches(',').trim_start();
        if !behind.is_empty() && !behind.starts_with('#') && !behind.starts_with("//") {
            return None;
        }
        let (pads, sign) = self.aligned(name, after);
        let at = written.end + u32::try_from(rest.len()).ok()?;
        let mut edits = pads;
        edits.push(Edit::insert(at, format!("\n{indent}{name}{sign}{value}{comma}")));
        edits.sort();
        Some(Change { edits, ..Change::default() })
    }

    /// Without the line of one argument.
    pub(super) fn without(&self, index: usize) -> Option<Change> {
        let (own, written) = *self.arguments.get(index)?;
        let start = self.line_start(own.start);
        let rest = self.text(written.end, self.braces.end);
        let line = rest.find('\n')?;
        let behind = rest.get(..line)?.trim();
        if !is_blank(self.text(start, own.start))
            || !(behind.is_empty() || behind == "," || behind.starts_with(['#', '/']) && !behind.contains("*/"))
        {
            return None;
        }
        let end = written.end + u32::try_from(line + 1).ok()?;
        let mut edits = vec![Edit::replace(Span { start, end }, "")];
        // What made room for its name is given back.
        let others: Vec<(usize, u32)> = self.signs(index).filter(|(name, _)| *name != own).map(|(name, sign)| (name.len(), sign)).collect();
        let longest = others.iter().map(|(length, _)| *length).max().unwrap_or(0);
        if self.is_aligned(index) && longest < own.len() {
            let room = u32::try_from(own.len() - longest).ok()?;
            edits.extend(others.iter().map(|(_, sign)| Edit::replace(Span { start: sign - room, end: *sign }, "")));
        }
        edits.sort();
        Some(Change { edits, ..Change::default() })
    }

    /// The first argument of empty braces.
    fn only(&self, name: &str, value: &str) -> Option<Change> {
        let inside = Span { start: self.braces.start + 1, end: self.braces.end - 1 };
        let indent = self.indent_of_braces();
        is_blank(&self.source.slice(inside).replace(['\n', '\r'], ""))
            .then(|| Edit::replace(inside, format!("\n{indent}  {name} = {value}\n{indent}")).into())
    }

    /// `{ a = b }` may hold one argument only: it is written over three lines.
    fn unfolded(&self, name: &str, value: &str) -> Option<Change> {
        let &[(own, written)] = self.arguments.as_slice() else { return None };
        let before = Span { start: self.braces.start + 1, end: own.start };
        let behind = Span { start: written.end, end: self.braces.end - 1 };
        if !is_blank(self.source.slice(before)) || !is_blank(self.source.slice(behind)) {
            return None;
        }
        let indent = self.indent_of_braces();
        let (mut edits, sign) = self.aligned(name, 0);
        edits.push(Edit::replace(before, format!("\n{indent}  ")));
        edits.push(Edit::replace(behind, format!("\n{indent}  {name}{sign}{value}\n{indent}")));
        edits.sort();
        Some(Change { edits, ..Change::default() })
    }

    fn indent_of_braces(&self) -> &'a str {
        let line = self.text(self.line_start(self.braces.start), self.braces.start);
        line.get(..line.len() - line.trim_start_matches([' ', '\t']).len()).unwrap_or("")
    }

    fn line_start(&self, at: u32) -> u32 {
        let before = self.source.text.get(..at as usize).and_then(|text| text.rfind('\n')).map_or(0, |at| at + 1);
        u32::try_from(before).unwrap_or(at)
    }

    /// What moves the signs of the lines around a new one, and the new one's own sign with its blanks.
    fn aligned(&self, name: &str, after: usize) -> (Vec<Edit>, String) {
        let longest = self.signs(after).map(|(name, _)| name.len()).max().unwrap_or(0);
        if !self.is_aligned(after) {
            return (Vec::new(), " = ".to_owned());
        }
        let widest = longest.max(name.len());
        let room = " ".repeat(widest - longest);
        let pads = self.signs(after).filter(|_| !room.is_empty()).map(|(_, at)| Edit::insert(at, room.clone())).collect();
        (pads, format!("{} = ", " ".repeat(widest - name.len())))
    }

    /// Whether the signs around an argument stand in line, one blank behind the longest name.
    fn is_aligned(&self, index: usize) -> bool {
        let longest = self.signs(index).map(|(name, _)| name.len()).max().unwrap_or(0);
        let blanks = |name: Span, sign: u32| self.text(name.end, sign).chars().filter(|char| *char == ' ').count();
        longest > 0 && self.signs(index).all(|(name, sign)| name.len() + blanks(name, sign) == longest + 1)
    }

    /// The names around an argument that are aligned together, each with the place of its sign.
    fn signs(&self, index: usize) -> impl Iterator<Item = (Span, u32)> + '_ {
        self.run(index).filter_map(|(name, _)| Some((name, self.sign(name)?)))
    }

    /// The arguments on the lines before and behind, which `terraform fmt` aligns together: neither a blank line nor a value of
    /// several lines stands between them.
    fn run(&self, after: usize) -> impl Iterator<Item = (Span, Span)> + '_ {
        let is_short = |(name, value): &(Span, Span)| !self.text(name.start, value.end).contains('\n');
        let next = |(_, value): &(Span, Span), (name, _): &(Span, Span)| self.text(value.end, name.start).matches('\n').count() == 1;
        let no_comment = move |one: &(Span, Span), other: &(Span, Span)| {
            let between = self.text(one.1.end, other.0.start);
            between.rsplit('\n').next().is_some_and(is_blank)
        };
        let (mut from, mut to) = (after, after + 1);
        let at = |index: usize| self.arguments.get(index);
        if at(after).is_some_and(is_short) {
            while let (Some(before), Some(first)) = (from.checked_sub(1).and_then(at), at(from)) {
                if !is_short(before) || !next(before, first) || !no_comment(before, first) {
                    break;
                }
                from -= 1;
            }
        } else {
            from += 1;
        }
        while let (Some(last), Some(behind)) = (to.checked_sub(1).and_then(at), at(to)) {
            if !is_short(behind) || !next(last, behind) || !no_comment(last, behind) {
                break;
            }
            to += 1;
        }
        self.arguments.get(from..to).unwrap_or(&[]).iter().copied()
    }

    /// Where the sign between a name and its value stands.
    fn sign(&self, name: Span) -> Option<u32> {
        let rest = self.text(name.end, self.braces.end);
        let blanks = rest.len() - rest.trim_start_matches(' ').len();
        rest.get(blanks..)?.starts_with('=').then(|| name.end + u32::try_from(blanks).unwrap_or(0))
    }
}

fn is_blank(text: &str) -> bool {
    text.chars().all(|char| matches!(char, ' ' | '\t'))
}

impl Block<'_> {
    /// The block with `name = value`, behind this argument if it has it, else behind its last one. Nothing where the block is
    /// written in a way that a line does not fit into.
    #[must_use]
    pub fn with(self, name: &str, value: &str, after: &str) -> Option<Change> {
        let arguments: Vec<hcl::Attribute<'_>> = self.hcl().body().attributes().collect();
        let named = arguments.iter().position(|attribute| attribute.name() == after);
        let last = named.or(arguments.len().checked_sub(1));
        let spans = arguments.iter().map(|attribute| (attribute.name_span(), attribute.expr().span())).collect();
        Lines::new(self.source(), self.braces()?, spans)?.with(name, value, last)
    }

    /// The block without the argument whose string holds a place, wherever in it that is.
    #[must_use]
    pub fn without(self, place: Place) -> Option<Change> {
        let mut block = self.hcl();
        loop {
            let arguments: Vec<hcl::Attribute<'_>> = block.body().attributes().collect();
            if let Some(index) = arguments.iter().position(|attribute| attribute.expr().span().contains(place.span)) {
                arguments.get(index)?.expr().literal()?;
                let spans = arguments.iter().map(|attribute| (attribute.name_span(), attribute.expr().span())).collect();
                return Lines::new(self.source(), Block::new(self.source(), block).braces()?, spans)?.without(index);
            }
            block = block.body().blocks().find(|inner| inner.span().contains(place.span))?;
        }
    }

    /// From its opening brace to its closing one.
    pub(super) fn braces(self) -> Option<Span> {
        let (header, end) = (self.header().span, self.place().span.end);
        let open = self.source().text.get(header.end as usize..end as usize)?.find('{')?;
        Some(Span { start: header.end + u32::try_from(open).ok()?, end })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::ParsedFile;
    use super::*;

    fn with(text: &str, name: &str, after: &str) -> Option<String> {
        let source = Arc::new(Source { text: text.to_owned(), path: "main.tf".to_owned(), ..Source::default() });
        let file = ParsedFile::new(Arc::clone(&source));
        let block = file.body().blocks().next().unwrap();
        let change = Block::new(&source, block).with(name, "true", after)?;
        let mut out = text.to_owned();
        change.edits.iter().rev().for_each(|edit| out.replace_range(edit.span.range(), &edit.text));
        Some(out)
    }

    #[test]
    fn a_line_is_added_and_the_signs_stay_in_line() {
        assert_eq!(
            with("output \"a\" {\n  value = x\n}\n", "sensitive", "value").unwrap(),
            "output \"a\" {\n  value     = x\n  sensitive = true\n}\n"
        );
        let text = "output \"a\" {\n  description = \"d\"\n  value       = x # why\n\n  depends_on = [y]\n}\n";
        let wanted = "output \"a\" {\n  description = \"d\"\n  value       = x # why\n  sensitive   = true\n\n  depends_on = [y]\n}\n";
        assert_eq!(with(text, "sensitive", "value").unwrap(), wanted);
    }

    #[test]
    fn lines_behind_are_moved_too() {
        assert_eq!(
            with("output \"a\" {\n  value = x\n  type  = y\n}\n", "sensitive", "value").unwrap(),
            "output \"a\" {\n  value     = x\n  sensitive = true\n  type      = y\n}\n"
        );
    }

    #[test]
    fn a_value_of_several_lines_is_aligned_with_nothing() {
        for value in ["{\n    a = 1\n  }", "<<-EOT\n    a\n  EOT"] {
            assert_eq!(
                with(&format!("output \"a\" {{\n  description = \"d\"\n  value = {value}\n}}\n"), "sensitive", "value").unwrap(),
                format!("output \"a\" {{\n  description = \"d\"\n  value = {value}\n  sensitive = true\n}}\n")
            );
        }
    }

    #[test]
    fn what_is_not_aligned_stays_so() {
        assert_eq!(
            with("output \"a\" {\n\tdescription = 1\n\tvalue = x\n}\n", "sensitive", "value").unwrap(),
            "output \"a\" {\n\tdescription = 1\n\tvalue = x\n\tsensitive = true\n}\n"
        );
    }

    #[test]
    fn a_block_of_one_line_is_unfolded_and_an_empty_one_filled() {
        let wanted = "output \"a\" {\n  value     = x\n  sensitive = true\n}\n";
        assert_eq!(with("output \"a\" { value = x }\n", "sensitive", "value").unwrap(), wanted);
        for empty in ["{}", "{ }", "{\n}"] {
            assert_eq!(
                with(&format!("variable \"a\" {empty}\n"), "sensitive", "type").unwrap(),
                "variable \"a\" {\n  sensitive = true\n}\n"
            );
        }
    }

    fn without(text: &str, value: &str) -> Option<String> {
        let source = Arc::new(Source { text: text.to_owned(), path: "main.tf".to_owned(), ..Source::default() });
        let file = ParsedFile::new(Arc::clone(&source));
        let block = file.body().blocks().next().unwrap();
        let at = text.find(value).unwrap();
        let change = Block::new(&source, block).without(source.place(Span::new(at, at + value.len())))?;
        let mut out = text.to_owned();
        change.edits.iter().rev().for_each(|edit| out.replace_range(edit.span.range(), &edit.text));
        Some(out)
    }

    #[test]
    fn a_line_goes_and_the_signs_come_back() {
        let text = "provider \"x\" {\n  url = 1\n  password = \"p1\" # old\n  ab       = 2\n}\n";
        assert_eq!(without(text, "p1").unwrap(), "provider \"x\" {\n  url = 1\n  ab       = 2\n}\n");
        let text = "provider \"x\" {\n  url      = 1\n  password = \"p1\"\n  ab       = 2\n}\n";
        assert_eq!(without(text, "p1").unwrap(), "provider \"x\" {\n  url = 1\n  ab  = 2\n}\n");
        let text = "terraform {\n  backend \"pg\" {\n    conn_str = \"p1\"\n  }\n}\n";
        assert_eq!(without(text, "p1").unwrap(), "terraform {\n  backend \"pg\" {\n  }\n}\n");
        for text in ["variable \"x\" { default = \"p1\" }\n", "variable \"x\" {\n  default = { a = \"p1\" }\n}\n"] {
            assert_eq!(without(text, "p1"), None);
        }
    }

    #[test]
    fn what_a_line_does_not_fit_into_is_left_alone() {
        for text in
            ["variable \"a\" { /* why */ }\n", "output \"a\" { value = x /* why */ }\n", "output \"a\" {\n  value = x /* why */\n}\n"]
        {
            assert_eq!(with(text, "sensitive", "value"), None, "{text}");
        }
    }
}
