//! Colours, drawing characters, widths: how a line looks, and that it fits.

use miette::{GraphicalTheme, ThemeCharacters, ThemeStyles};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::super::escape::{Piece, pieces};
use super::{TerminalOptions, WIDTH};
use crate::catalogue::Severity;

/// How everything looks.
#[derive(Clone, Copy)]
pub(super) struct Style {
    /// Columns.
    pub(super) width: usize,
    /// Whether to colour.
    pub(super) color: bool,
    /// Whether the terminal shows more than ASCII.
    pub(super) unicode: bool,
}

/// What a piece of text is, for its colour.
#[derive(Clone, Copy)]
pub(super) enum Tone {
    Critical,
    Error,
    Warning,
    Advice,
    Good,
    Help,
    Faint,
}

impl Style {
    /// As asked for. Narrower than 40 columns nothing can be shown; wider than 160 nobody reads a line to its end.
    pub(super) fn new(options: &TerminalOptions) -> Self {
        Self { width: options.width.unwrap_or(WIDTH).clamp(40, 160), color: options.color, unicode: options.unicode }
    }

    /// miette's look, in our palette.
    pub(super) fn theme(&self) -> GraphicalTheme {
        GraphicalTheme {
            characters: if self.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() },
            styles: if self.color { ThemeStyles::ansi() } else { ThemeStyles::none() },
        }
    }

    /// What stands for text that was left out.
    pub(super) fn ellipsis(&self) -> &'static str {
        if self.unicode { "…" } else { "..." }
    }

    /// Points at another place.
    pub(super) fn arrow(&self) -> &'static str {
        if self.unicode { "→" } else { "->" }
    }

    /// Text that came from a file or speaks of one, so that it can be shown: on one line, nothing hidden, nothing that the
    /// terminal has no character for.
    pub(super) fn show(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for piece in pieces(text) {
            match piece.char {
                char if piece.escaped => out.push_str(&Piece::name(char)),
                char if self.unicode || char.is_ascii() => out.push(char),
                '→' => out.push_str("->"),
                '…' => out.push_str("..."),
                '“' | '”' => out.push('"'),
                '’' => out.push('\''),
                char => out.push_str(&Piece::name(char)),
            }
        }
        out
    }

    /// Columns that a text without colours takes.
    pub(super) fn measure(&self, text: &str) -> usize {
        text.width()
    }

    /// Coloured, if colours were asked for.
    pub(super) fn paint(&self, tone: Tone, text: &str) -> String {
        let code = match tone {
            Tone::Critical => "1;31",
            Tone::Error => "31",
            Tone::Warning => "33",
            Tone::Advice | Tone::Help => "36",
            Tone::Good => "32",
            Tone::Faint => "2",
        };
        if self.color && !text.is_empty() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// The beginning of a text, `…` where the rest had no room.
    pub(super) fn clip(&self, text: &str, room: usize) -> String {
        if self.measure(text) <= room {
            return text.to_owned();
        }
        let room = room.saturating_sub(self.measure(self.ellipsis()));
        format!("{}{}", &text[..fitting(text.char_indices(), room, |(at, char)| at + char.len_utf8())], self.ellipsis())
    }

    /// The end of a text, `…` where the rest had no room.
    pub(super) fn clip_start(&self, text: &str, room: usize) -> String {
        if self.measure(text) <= room {
            return text.to_owned();
        }
        let room = room.saturating_sub(self.measure(self.ellipsis()));
        let kept = fitting(text.char_indices().rev(), room, |(at, _)| text.len() - at);
        format!("{}{}", self.ellipsis(), &text[text.len() - kept..])
    }

    /// Lines no wider than the terminal: the first begins with `first`, the others with blanks of its width. What stands
    /// between backticks stays on one line if a line holds it; words that no line holds are broken.
    pub(super) fn wrap(&self, first: &str, text: &str) -> Vec<String> {
        let indent = self.measure(first);
        let room = self.width.saturating_sub(indent).max(1);
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in words(text, |word| self.measure(word) <= room) {
            let gap = if line.is_empty() { "" } else { " " };
            if self.measure(&line) + gap.len() + self.measure(word) <= room {
                line.push_str(gap);
                line.push_str(word);
                continue;
            }
            lines.extend(Some(std::mem::take(&mut line)).filter(|line| !line.is_empty()));
            let mut rest = word;
            while self.measure(rest) > room {
                let cut = fitting(rest.char_indices(), room, |(at, char)| at + char.len_utf8());
                let cut = if cut == 0 { rest.chars().next().map_or(rest.len(), char::len_utf8) } else { cut };
                lines.push(rest[..cut].to_owned());
                rest = &rest[cut..];
            }
            line.push_str(rest);
        }
        if !line.is_empty() || lines.is_empty() {
            lines.push(line);
        }
        let blanks = " ".repeat(indent);
        let begin = |index| if index == 0 { first } else { blanks.as_str() };
        lines.iter().enumerate().map(|(index, line)| format!("{}{line}", begin(index)).trim_end().to_owned()).collect()
    }
}

/// Words, split at blanks; blanks between backticks split only what does not fit on a line.
fn words(text: &str, fits: impl Fn(&str) -> bool) -> Vec<&str> {
    let mut quoted = false;
    let outside = text.split(|char| {
        quoted ^= char == '`';
        char == ' ' && !quoted
    });
    let words = outside.flat_map(|word| if fits(word) { vec![word] } else { word.split(' ').collect() });
    words.filter(|word| !word.is_empty()).collect()
}

/// How much of a text, character by character, fits.
fn fitting(chars: impl Iterator<Item = (usize, char)>, room: usize, kept: impl Fn((usize, char)) -> usize) -> usize {
    let mut width = 0;
    chars
        .take_while(|(_, char)| {
            width += char.width().unwrap_or(0);
            width <= room
        })
        .last()
        .map_or(0, kept)
}

/// The colour of a severity.
pub(super) fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Critical => Tone::Critical,
        Severity::High => Tone::Error,
        Severity::Medium | Severity::Low => Tone::Warning,
        Severity::Info => Tone::Advice,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(width: usize) -> Style {
        Style { width, color: false, unicode: true }
    }

    #[test]
    fn text_is_wrapped_to_the_column() {
        assert_eq!(style(12).wrap("  a: ", "one two three"), ["  a: one two", "     three"]);
        assert_eq!(style(8).wrap("- ", "abcdefghij k"), ["- abcdef", "  ghij k"]);
        assert_eq!(style(12).wrap("- ", "aaaaa `b c` d"), ["- aaaaa", "  `b c` d"]);
        assert_eq!(style(8).wrap("- ", "a `bcd efg` h `"), ["- a `bcd", "  efg` h", "  `"]);
        assert_eq!(style(8).wrap("- ", "漢字漢字"), ["- 漢字漢", "  字"]);
        assert_eq!(style(8).wrap("- ", ""), ["-"]);
    }

    #[test]
    fn clipped_text_fits_and_says_so() {
        assert_eq!((style(0).clip("abcdef", 4), style(0).clip_start("abcdef", 4)), ("abc…".to_owned(), "…def".to_owned()));
        assert_eq!((style(0).clip("abcd", 4), style(0).clip("漢字漢", 4)), ("abcd".to_owned(), "漢…".to_owned()));
    }

    #[test]
    fn without_unicode_everything_is_ascii() {
        let plain = Style { width: 0, color: false, unicode: false };
        assert_eq!(plain.show("a → b…“ü”\u{1b}"), "a -> b...\"\\u{fc}\"\\u{1b}");
    }
}
