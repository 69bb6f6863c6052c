//! Why the engine says what it says: the same judgement, written down on its way. Nothing in it tells a value.

use super::Verdict;
use super::custom::Custom;
use super::judge::judged;
use super::names::Telling;
use super::values::Judgement;
use crate::literal::{Literal, Reading};
use crate::source::Span;

/// What the engine made of one part of a literal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Where the part stands.
    pub spans: Vec<Span>,
    /// The name it was judged under; may be empty. It came from the file.
    pub name: String,
    /// The decoders it went through.
    pub chain: Vec<&'static str>,
    /// What its name promises: words that follow “its name”. None where the name took no part.
    pub name_says: Option<&'static str>,
    /// What the part is: words that follow “it”.
    pub value_is: String,
    /// Why nothing is reported although the value looks like a secret, in words of their own.
    pub spared: Option<&'static str>,
    /// Whether it is judged secret.
    pub secret: bool,
    judgement: Judgement,
}

impl Account {
    pub(super) fn new(spans: Vec<Span>, name: &str, chain: &[&'static str], judgement: Judgement, value_is: impl Into<String>) -> Self {
        Self {
            spans,
            name: name.to_owned(),
            chain: chain.to_vec(),
            name_says: None,
            value_is: value_is.into(),
            spared: None,
            secret: false,
            judgement,
        }
    }

    pub(super) fn promised(mut self, telling: Option<Telling>) -> Self {
        self.name_says = Some(match telling {
            Some(Telling::Password) => "is one for passwords, which people choose",
            Some(Telling::Token) => "is one for tokens, which machines make",
            Some(Telling::Random) => "says little: only a value that looks random counts",
            None => "says nothing of a secret",
        });
        self
    }
}

impl Account {
    /// What is to be said of a part of a literal in which nothing was judged.
    #[must_use]
    pub fn of_nothing(literal: &Literal<'_, '_>, span: Span) -> Self {
        let value_is = match literal.reading {
            _ if literal.value.is_reference() => "is a reference: what it names stands elsewhere",
            Reading::Prose | Reading::Code => {
                "is free text: tokens of known shapes, passwords in URLs and telling assignments are looked for, and none is here"
            }
            Reading::Config => "is read line by line: no name here tells of a secret, and no token of a known shape stands here",
            Reading::Value | Reading::Base64 | Reading::Marked => "holds nothing on this line that was judged by itself",
        };
        Self::new(vec![span], &literal.name, &[], Judgement::Nothing, value_is)
    }

    /// Whether it is about a text without a name in which nothing was judged.
    #[must_use]
    pub fn is_vague(&self) -> bool {
        self.name.is_empty() && self.name_says.is_none() && self.judgement == Judgement::Nothing && !self.secret
    }
}

/// Judges a literal as `judge` does, and tells how each part of it was judged.
#[must_use]
pub fn explain(literal: &Literal<'_, '_>, custom: &Custom) -> (Vec<Account>, Vec<Verdict>) {
    let mut accounts = Vec::new();
    let verdicts = judged(literal, custom, Some(&mut accounts));
    for account in &mut accounts {
        let overlaps = |verdict: &Verdict| verdict.spans.iter().any(|span| account.spans.iter().any(|own| own.overlaps(*span)));
        account.secret = verdicts.iter().any(overlaps);
        account.spared = match account.judgement {
            _ if account.secret => None,
            Judgement::Nothing | Judgement::Random => None,
            Judgement::Plain | Judgement::Weak if literal.setting.example => {
                Some("the file is an example, where only values that nobody makes up for one count")
            }
            Judgement::Placeholder if !literal.setting.applied => Some("nothing applies the file as it stands, so somebody fills it in"),
            _ => Some("in such a place only a value that can hardly be anything else counts"),
        };
    }
    (accounts, verdicts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::literal::{LogicalPath, Role, Value};
    use crate::source::{Setting, SourceId, Text};

    fn told(name: &str, value: &str, setting: Setting) -> Vec<(Option<&'static str>, String, bool)> {
        let literal = Literal {
            role: Role::State,
            name: name.into(),
            value: Value::literal(Text::plain(value, 0)),
            reading: Reading::Value,
            source: SourceId(0),
            setting,
            opener: 0,
            path: &LogicalPath::default,
        };
        let (accounts, _) = explain(&literal, &Custom::default());
        accounts.into_iter().map(|it| (it.name_says, it.spared.map_or(it.value_is, str::to_owned), it.secret)).collect()
    }

    #[test]
    fn each_judgement_has_its_words() {
        let applied = Setting { applied: true, ..Setting::default() };
        let password = Some("is one for passwords, which people choose");
        assert_eq!(told("DB_PASSWORD", "q3Zk9LxW1vTb7Nf0", applied), [(password, "looks random".to_owned(), true)]);
        assert_eq!(told("DB_PASSWORD", "/run/secrets/db", applied), [(password, "is the path of a file".to_owned(), false)]);
        assert_eq!(told("DB_PASSWORD", "${X}", applied), [(password, "refers to a value that stands elsewhere".to_owned(), false)]);
        assert_eq!(told("DB_PASSWORD", "changeme", applied), [(password, "is a placeholder".to_owned(), true)]);
        assert_eq!(
            told("DB_PASSWORD", "changeme", Setting::default()),
            [(password, "nothing applies the file as it stands, so somebody fills it in".to_owned(), false)]
        );
        assert_eq!(
            told("DB_PASSWORD", "s3cr3t-9x", Setting { example: true, ..Setting::default() }),
            [(password, "the file is an example, where only values that nobody makes up for one count".to_owned(), false)]
        );
        assert_eq!(told("GREETING", "q3Zk9LxW1vTb7Nf0", applied).len(), 1);
        assert_eq!(told("GREETING", "q3Zk9LxW1vTb7Nf0", applied)[0].0, Some("says nothing of a secret"));
    }

    /// Whatever is judged secret has an account, and no account tells a value.
    #[test]
    fn no_secret_is_without_an_account() {
        for value in ["postgres://app:s3cr3t-x9@db/shop", "{\"password\": \"s3cr3t-x9\"}", "cGFzc3dvcmQ9czNjcjN0LXg5Cg==", "s3cr3t-x9"] {
            let accounts = told("DB_PASSWORD", value, Setting::default());
            assert!(accounts.iter().any(|(_, _, secret)| *secret), "{value}: {accounts:?}");
            assert!(!format!("{accounts:?}").contains("s3cr3t"), "{value}");
        }
    }
}
