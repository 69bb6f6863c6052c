//! Strings that an expression may take the place of.

use super::lex::{Lexer, Token, cell_magic};
use crate::source::Span;

/// A string literal of one line: no bytes, nothing that is filled in at run time, no part of a longer string beside it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Plain {
    /// With prefix and quotes.
    pub span: Span,
    /// Between its quotes.
    pub body: Span,
}

/// The plain strings of a cell, comments and other languages left out.
#[must_use]
pub fn plain(source: &str) -> Vec<Plain> {
    let mut found = Vec::new();
    if cell_magic(source).is_some() {
        return found;
    }
    let mut lexer = Lexer::new(source);
    let (mut nested, mut assigned, mut beside, mut word) = (0_usize, false, false, false);
    while let Some((token, span)) = lexer.next(nested > 0, assigned) {
        let text = lexer.text(span);
        assigned = text == "=";
        match token {
            Token::Operator if matches!(text, "(" | "[" | "{") => nested += 1,
            Token::Operator if matches!(text, ")" | "]" | "}") => nested = nested.saturating_sub(1),
            Token::Comment => continue,
            Token::Newline if nested > 0 => continue,
            _ => {}
        }
        let Token::String(literal) = token else {
            // `export A='b' c`, `curl "x"`: no Python, whatever the notebook says.
            let is_word = matches!(token, Token::Name | Token::Number) && !KEYWORDS.contains(&text);
            if beside && is_word {
                found.pop_if(|last: &mut Plain| source.get(last.span.range().end..span.range().start).is_some_and(is_gap));
            }
            (beside, word) = (false, is_word);
            continue;
        };
        if beside {
            // The one before is no plain string either.
            found.pop_if(|last: &mut Plain| source.get(last.span.range().end..span.range().start).is_some_and(is_gap));
        } else {
            let prefix = text.trim_start_matches(|char: char| char.is_ascii_alphabetic());
            let prefix = &text[..text.len() - prefix.len()];
            let one_line = literal.body.len() + 2 + prefix.len() == span.len() && !source[literal.body.range()].contains('\n');
            if one_line && !word && !literal.format && !prefix.to_ascii_lowercase().contains('b') {
                found.push(Plain { span, body: literal.body });
            }
        }
        (beside, word) = (true, false);
    }
    found
}

/// Words beside which a string may stand in an expression.
const KEYWORDS: [&str; 14] = ["return", "in", "and", "or", "not", "is", "if", "else", "elif", "for", "yield", "await", "assert", "while"];

/// Whether only blanks and comments stand between two strings.
fn is_gap(between: &str) -> bool {
    between.lines().all(|line| line.split('#').next().is_some_and(|code| code.trim_matches([' ', '\t', '\\']).is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Vec<&str> {
        plain(source).iter().map(|plain| &source[plain.span.range()]).collect()
    }

    #[test]
    fn only_what_stands_by_itself_is_plain() {
        assert_eq!(found("a = 'x'; f(b=\"y\", c=r'z') # 'no'\n"), ["'x'", "\"y\"", "r'z'"]);
        assert_eq!(found("a = 'x' + \"y\"\nif p == 'z': go()\n"), ["'x'", "\"y\"", "'z'"]);
        assert_eq!(found("return 'x' if a == 'y' else 'z'\nassert p != 'w', q\n"), ["'x'", "'y'", "'z'", "'w'"]);
        for none in [
            "curl 'x'",
            "export A='x' b",
            "export A='x' B='y' c=1",
            "ENV A='x' b",
            "f'x{y}'",
            "b'x'",
            "'''x'''",
            "'a' 'b'",
            "('a'\n  # why\n  'b' 'c')",
            "!echo 'x'",
            "%env A='x'",
            "%%bash\na='x'",
        ] {
            assert!(found(none).is_empty(), "{none}");
        }
        assert_eq!(found("a = ('x'\n 'y')\nb = 'z'\n'w'"), ["'z'", "'w'"]);
    }

    #[test]
    fn many_strings_stay_linear() {
        assert_eq!(plain(&"'a' ".repeat(50_000)).len(), 0);
        assert_eq!(plain(&"['a',".repeat(50_000)).len(), 50_000);
    }
}
