//! A walk over a value of any size, without a tree: every event with the path to it.

use super::{Event, Scanner, Token};
use crate::source::Span;
use crate::syntax::SyntaxError;

/// One step from a container into it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Into an object: the place of the key, with its quotes.
    Key(Span),
    /// Into a list: which item, counted from 0.
    Index(u32),
}

/// The steps from the whole value to one inside it.
pub type Path = [Step];

/// Tells `visit` every event and the path of the value that it belongs to. A key has its value's path; the two ends of a
/// container have the same path.
pub fn walk(text: &str, visit: &mut dyn FnMut(&Path, Event)) -> Vec<SyntaxError> {
    let mut path: Vec<Step> = Vec::new();
    for event in Scanner::new(text, 0) {
        let event = match event {
            Ok(event) => event,
            Err(error) => return vec![error],
        };
        // In an object the last step belongs to the entry before, in a list to the item before.
        match (event.token, path.last_mut()) {
            (Token::ObjectEnd | Token::ArrayEnd, _) => {
                path.pop();
            }
            (Token::Key, Some(step)) => *step = Step::Key(event.span),
            (_, Some(Step::Index(index))) => *index = index.wrapping_add(1),
            _ => {}
        }
        visit(&path, event);
        match event.token {
            Token::ObjectStart => path.push(Step::Key(Span::default())),
            Token::ArrayStart => path.push(Step::Index(u32::MAX)),
            _ => {}
        }
    }
    Vec::new()
}
