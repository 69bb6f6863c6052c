//! Pages and lists on standard output: paragraphs as wide as the terminal, colours where somebody is looking.

use super::arguments::When;
use super::run::looks;
use crate::catalogue::Severity;

/// Lines longer than this are hard to read.
const LONGEST: usize = 100;

/// Colours, as the codes of a terminal.
const HEADING: &str = "1";
const CODE: &str = "36";
const MARK: &str = "4;31";
const LABEL: &str = "4;36";
const FAINT: &str = "2";

/// How standard output looks.
#[derive(Clone, Copy)]
pub(super) struct Sheet {
    /// Columns, where it is a terminal.
    pub(super) width: Option<usize>,
    color: bool,
}

impl Sheet {
    /// Standard output's.
    pub(super) fn of_stdout() -> Self {
        let stdout = std::io::stdout();
        let width = terminal_size::terminal_size_of(&stdout).map(|(width, _)| usize::from(width.0));
        Self { width, color: looks(&stdout, When::Auto).color }
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.color && !text.is_empty() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    pub(super) fn heading(self, text: &str) -> String {
        self.paint(HEADING, text)
    }

    pub(super) fn faint(self, text: &str) -> String {
        self.paint(FAINT, text)
    }

    /// A severity in its colour; what follows it to fill a column stays as it is.
    pub(super) fn severity(self, severity: Severity) -> String {
        let code = match severity {
            Severity::Critical => "1;31",
            Severity::High => "31",
            Severity::Medium | Severity::Low => "33",
            Severity::Info => "36",
        };
        self.paint(code, severity.name())
    }

    /// A page: its paragraphs are laid out anew, its examples and what stands before its title are not touched.
    pub(super) fn page(self, markdown: &str) -> String {
        let room = self.width.unwrap_or(LONGEST).clamp(20, LONGEST);
        let mut out = String::new();
        let mut paragraph: Vec<&str> = Vec::new();
        let (mut begun, mut fenced) = (false, false);
        for line in markdown.lines() {
            let is_fence = line.starts_with("```");
            begun |= line.starts_with("# ");
            let is_text = begun && !fenced && !is_fence && !line.starts_with(['#', '>', '|', '-', '*', ' ']);
            if is_text && !line.is_empty() && !line.starts_with("https://") {
                paragraph.push(line);
                continue;
            }
            self.flush(&mut paragraph, room, &mut out);
            fenced ^= is_fence;
            let shown = match line {
                _ if is_fence => self.faint(line),
                _ if fenced => self.example(line),
                _ if line.starts_with('#') => self.heading(line),
                _ => self.prose(line, &mut false),
            };
            out.push_str(&shown);
            out.push('\n');
        }
        self.flush(&mut paragraph, room, &mut out);
        out
    }

    fn flush(self, paragraph: &mut Vec<&str>, room: usize, out: &mut String) {
        let mut quoted = false;
        for line in wrapped(&std::mem::take(paragraph).join(" "), room) {
            out.push_str(&self.prose(&line, &mut quoted));
            out.push('\n');
        }
    }

    /// What stands between backticks, in its colour; a pair may span lines.
    fn prose(self, line: &str, quoted: &mut bool) -> String {
        if !self.color {
            return line.to_owned();
        }
        let parts = line.split('`').enumerate().map(|(index, part)| {
            *quoted ^= index > 0;
            if *quoted { self.paint(CODE, part) } else { part.to_owned() }
        });
        parts.collect()
    }

    /// A line of an example. Its marks become underlines where there are colours.
    fn example(self, line: &str) -> String {
        if !self.color {
            return line.to_owned();
        }
        let mut out = String::new();
        for char in line.chars() {
            match char {
                '«' => out.push_str(&format!("\u{1b}[{MARK}m")),
                '‹' => out.push_str(&format!("\u{1b}[{LABEL}m")),
                '»' | '›' => out.push_str("\u{1b}[0m"),
                char => out.push(char),
            }
        }
        if out.contains('\u{1b}') { out + "\u{1b}[0m" } else { out }
    }
}

/// Words in lines of so many columns; the pages' words are narrow ones.
pub(super) fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if used + 1 + length <= room => {
                line.push(' ');
                line.push_str(word);
                used += 1 + length;
            }
            _ => {
                lines.push(word.to_owned());
                used = length;
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A title that is long\n\nOne two\nthree `four five` six.\n\n```yaml a.yml\na: «b» and more than fits\n```\n\n> a message in `code` that is long\n";

    #[test]
    fn paragraphs_fit_and_examples_stay() {
        let page = Sheet { width: Some(20), color: false }.page(PAGE);
        assert_eq!(page, PAGE.replace("One two\nthree `four five` six.", "One two three `four\nfive` six."));
        let page = Sheet { width: None, color: false }.page(PAGE);
        assert!(page.contains("\nOne two three `four five` six.\n"), "{page}");
    }

    #[test]
    fn with_colours_marks_are_underlined() {
        let page = Sheet { width: Some(20), color: true }.page(PAGE);
        assert!(page.contains("\na: \u{1b}[4;31mb\u{1b}[0m and"), "{page:?}");
        assert!(page.contains("three \u{1b}[36mfour\u{1b}[0m\n\u{1b}[36mfive\u{1b}[0m six."), "{page:?}");
        assert!(page.starts_with("\u{1b}[1m# A title"), "{page:?}");
    }
}
