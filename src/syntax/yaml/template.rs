//! Masks template actions, so that what stands around them can be read as YAML.

use crate::source::Span;

/// How far the end of an action is looked for with an eye on quotes.
const LONGEST: usize = 16 * 1024;

/// Replaces each `{{ … }}` (Helm, Jinja) by as many bytes of filler and keeps line breaks, so that places in the result are
/// places in `text`. Lines that hold nothing but actions become comments; elsewhere the filler is `x`.
/// Returns the masked text and the actions' spans, or nothing where there is no action.
#[must_use]
pub fn mask_templates(text: &str) -> Option<(String, Vec<Span>)> {
    let actions = template_actions(text);
    if actions.is_empty() {
        return None;
    }
    let mut masked = text.as_bytes().to_vec();
    for action in &actions {
        fill(&mut masked[action.range()]);
    }
    comment_out(text, &actions, &mut masked);
    String::from_utf8(masked).ok().map(|masked| (masked, actions))
}

/// The indentation of an action's further lines stays, so that they can become comments.
fn fill(action: &mut [u8]) {
    let mut leading = false;
    for byte in action {
        match byte {
            b'\n' | b'\r' => leading = true,
            b' ' | b'\t' if leading => {}
            _ => {
                leading = false;
                *byte = b'x';
            }
        }
    }
}

/// The `{{ … }}` of a text, in order; one that is not closed is none.
#[must_use]
pub fn template_actions(text: &str) -> Vec<Span> {
    let open = memchr::memmem::Finder::new("{{");
    let mut actions = Vec::new();
    let mut at = 0;
    while let Some(start) = open.find(&text.as_bytes()[at..]).map(|found| at + found) {
        let Some(end) = action_end(text, start) else { break };
        actions.push(Span::new(start, end));
        at = end;
    }
    actions
}

/// Where the action that starts at `start` ends. `}}` inside its strings or its comment does not end it.
fn action_end(text: &str, start: usize) -> Option<usize> {
    let inside = text[start + 2..].trim_start_matches('-').trim_start();
    if inside.starts_with("/*") {
        let from = text.len() - inside.len();
        let close = from + memchr::memmem::find(&text.as_bytes()[from..], b"*/")?;
        return plain_end(text, close);
    }
    quoted_end(text, start + 2).or_else(|| plain_end(text, start + 2))
}

fn plain_end(text: &str, from: usize) -> Option<usize> {
    memchr::memmem::find(&text.as_bytes()[from..], b"}}").map(|found| from + found + 2)
}

fn quoted_end(text: &str, from: usize) -> Option<usize> {
    let bytes = &text.as_bytes()[..text.len().min(from + LONGEST)];
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'}' if bytes.get(at + 1) == Some(&b'}') => return Some(at + 2),
            quote @ (b'"' | b'\'' | b'`') => at = string_end(bytes, at + 1, quote).unwrap_or(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// Behind the quote that ends a string, if it ends: on its line, a raw string (in backquotes) anywhere.
fn string_end(bytes: &[u8], from: usize, quote: u8) -> Option<usize> {
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote != b'`' => at += 2,
            b'\n' if quote != b'`' => return None,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// Turns the lines that hold nothing but filler and blanks into comments, and with them every further line of an action that
/// began on an earlier one, unless text follows on it.
fn comment_out(text: &str, actions: &[Span], masked: &mut [u8]) {
    let mut index = 0;
    while let Some(first) = actions.get(index) {
        // All actions that share a line with this one or with each other.
        let mut last = index;
        while let Some(next) = actions.get(last + 1)
            && !text[actions[last].end as usize..next.start as usize].contains(['\n', '\r'])
        {
            last += 1;
        }
        let start = line_start(text, first.start as usize);
        let end = line_end(text, actions[last].end as usize);
        comment_lines(text, start..end, &actions[index..=last], masked);
        index = last + 1;
    }
}

fn comment_lines(text: &str, range: std::ops::Range<usize>, actions: &[Span], masked: &mut [u8]) {
    let mut at = range.start;
    while at < range.end {
        let end = line_end(text, at).min(range.end);
        let indent = text[at..end].len() - text[at..end].trim_start_matches([' ', '\t']).len();
        let outside = |at: usize| !text.as_bytes()[at].is_ascii_whitespace() && !within(actions, at);
        if indent < end - at && !(at..end).any(outside) {
            masked[at + indent] = b'#';
        }
        at = end + text[end..].bytes().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
    }
}

fn within(actions: &[Span], at: usize) -> bool {
    let index = actions.partition_point(|action| action.end as usize <= at);
    actions.get(index).is_some_and(|action| action.start as usize <= at)
}

fn line_start(text: &str, at: usize) -> usize {
    memchr::memrchr2(b'\n', b'\r', &text.as_bytes()[..at]).map_or(0, |found| found + 1)
}

fn line_end(text: &str, at: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &text.as_bytes()[at..]).map_or(text.len(), |found| at + found)
}
