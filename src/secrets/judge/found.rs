//! From what was recognised to a verdict: tokens, passwords in connection strings, and values under telling names.

use std::ops::Range;

use super::{Judge, Scope, basic_password, behind, is_composed, trimmed};
use crate::catalogue::{Confidence, Severity};
use crate::literal::{LogicalPath, Role};
use crate::secrets::checksum::Outcome;
use crate::secrets::connection::{self, Kind, Part};
use crate::secrets::marks::Marks;
use crate::secrets::names::{self, Telling};
use crate::secrets::table::TokenFormat;
use crate::secrets::values::{self, Judgement};
use crate::secrets::{Account, Secret, Verdict, Why, custom, dull, jwt, known, randomness, reference, tokens};
use crate::source::{Place, Span, Text};

/// What is to be told of a secret beside its place.
struct Found {
    why: Why,
    detector: Option<&'static str>,
    severity: Option<Severity>,
    confidence: Confidence,
    secret: Secret,
}

impl Judge<'_, '_, '_> {
    /// Tokens of known shapes.
    pub(super) fn shapes(&mut self, text: &Text<'_>, scope: &Scope<'_>, marks: &Marks<'_>) {
        for hit in tokens::find(text.as_str(), marks) {
            self.token(text, scope, hit);
        }
        for hit in self.custom.find(text.as_str(), &scope.name) {
            self.custom_token(text, scope, hit);
        }
    }

    /// What a team's own detector found.
    pub(super) fn custom_token(&mut self, text: &Text<'_>, scope: &Scope<'_>, hit: custom::Hit<'_>) {
        let token = &text.as_str()[hit.range.clone()];
        let detector = hit.detector;
        self.note_shape(text, hit.range.clone(), scope, detector.title(), "");
        let secret = Secret::new(token, "", None, randomness::estimate(token) >= 64.0);
        let (severity, confidence) = (Some(detector.severity()), Confidence::High);
        let found = Found { why: Why::Shape(detector.title()), detector: Some(detector.id()), severity, confidence, secret };
        self.push(text, hit.range, scope, found);
    }

    /// The token that all of the value is.
    pub(super) fn whole(&mut self, text: &Text<'_>, scope: &Scope<'_>) {
        if let Some(hit) = tokens::whole(text.as_str(), &scope.name) {
            self.token(text, scope, hit);
        }
    }

    pub(super) fn token(&mut self, text: &Text<'_>, scope: &Scope<'_>, hit: tokens::Hit) {
        let token = &text.as_str()[hit.range.clone()];
        let checksum = match hit.outcome {
            Outcome::Valid => ", and its checksum is right",
            Outcome::Invalid => ", but its checksum is wrong: nobody issued it",
            _ => "",
        };
        self.note_shape(text, hit.range.clone(), scope, hit.format.title, checksum);
        let (severity, confidence) = match hit.outcome {
            Outcome::Valid => (hit.format.severity, Confidence::Certain),
            // Its checksum says that nobody issued it. Under a telling name it is still somebody's secret.
            Outcome::Invalid if scope.telling.is_some() && !scope.nameless => return,
            Outcome::Invalid => (Severity::Info, Confidence::Low),
            _ => (hit.format.severity, hit.format.confidence),
        };
        let secret = Secret::new(token, hit.preview, u32::try_from(token.len()).ok(), hit.format.strong());
        let title = hit.format.title;
        let why = if hit.outcome == Outcome::Invalid { Why::Unissued(title) } else { Why::Shape(title) };
        let found = Found { why, detector: Some(&hit.format.id), severity: Some(severity), confidence, secret };
        self.push(text, hit.range, scope, found);
    }

    /// The member of an object whose neighbours say what it is.
    pub(super) fn member(&mut self, text: &Text<'_>, scope: &Scope, format: &'static TokenFormat) {
        let range = trimmed(text.as_str());
        let value = &text.as_str()[range.clone()];
        self.note_shape(text, range.clone(), scope, format.title, "");
        let secret = Secret::new(value, "", u32::try_from(value.len()).ok(), true);
        let (severity, confidence) = (Some(format.severity), format.confidence);
        self.push(text, range, scope, Found { why: Why::Shape(format.title), detector: Some(&format.id), severity, confidence, secret });
    }

    /// Passwords in URLs, connection strings and headers. `weak`: whether weak ones are worth a word here.
    pub(super) fn connections(&mut self, text: &Text<'_>, scope: &Scope<'_>, marks: &Marks<'_>, weak: bool) {
        for part in connection::find(text.as_str(), marks) {
            self.connection(text, scope, part, weak);
        }
    }

    pub(super) fn connection(&mut self, text: &Text<'_>, scope: &Scope<'_>, part: Part, weak: bool) {
        // A key that is a URL itself is a text for people, what stands under it its translation.
        if scope.name.contains("://") && self.literal.role == Role::Text {
            return;
        }
        let value = &text.as_str()[part.range.clone()];
        match part.kind {
            Kind::Basic => self.basic(text, part.range, scope),
            Kind::Token | Kind::Header if jwt::is_public(value) => {}
            Kind::Token | Kind::Header => {
                let judgement = self.weigh(text, part.range.clone(), scope, Telling::Token, &[]);
                if randomness::is_random(value) && judgement == Judgement::Random {
                    let why = if part.kind == Kind::Header { Why::Shape("the token of a request header") } else { Why::Inside(part.what) };
                    self.give(text, part.range, scope, why, Confidence::High);
                }
            }
            Kind::Password => self.url_password(text, &part, scope, weak),
        }
    }

    fn url_password(&mut self, text: &Text<'_>, part: &Part, scope: &Scope<'_>, weak: bool) {
        let value = &text.as_str()[part.range.clone()];
        if value.len() < 3 {
            return;
        }
        match self.weigh(text, part.range.clone(), scope, Telling::Password, &part.beside(text.as_str())) {
            Judgement::Plain | Judgement::Random => self.give(text, part.range.clone(), scope, Why::Inside(part.what), Confidence::High),
            Judgement::Weak if weak => self.weak(text, part.range.clone(), scope),
            Judgement::Placeholder if weak && self.stands() => self.weak(text, part.range.clone(), scope),
            _ => {}
        }
    }

    /// `user:password` in base64, behind `Basic`.
    fn basic(&mut self, text: &Text<'_>, range: Range<usize>, scope: &Scope<'_>) {
        let encoded = text.slice(range);
        let Some(inner) = self.decoded(&encoded) else { return };
        if let Some(password) = basic_password(inner.as_str()) {
            self.password(&inner, password, &scope.through("base64"));
        }
    }

    /// The password of a pair of user and password.
    pub(super) fn password(&mut self, text: &Text<'_>, range: Range<usize>, scope: &Scope<'_>) {
        let user = names::split(&text.as_str()[..range.start]);
        match self.weigh(text, range.clone(), scope, Telling::Password, &user) {
            Judgement::Plain | Judgement::Random => self.give(text, range, scope, Why::Name, Confidence::High),
            Judgement::Weak => self.weak(text, range, scope),
            _ => {}
        }
    }

    /// The value as its name sees it.
    pub(super) fn name(&mut self, text: &Text<'_>, scope: &Scope<'_>) {
        // `basic.auth.user.info=user:password`
        if let Some(password) = basic_password(text.as_str()).filter(|_| !scope.nameless && names::is_login(&scope.name)) {
            return self.password(text, password, scope);
        }
        if let Some((name, range)) = reference::default(text.as_str()) {
            let named = name.filter(|name| scope.telling.is_none() || self.custom.telling(name).is_some());
            let value = text.slice(range);
            return match named {
                Some(name) => self.fallback(&value, &scope.under(name)),
                None => self.fallback(&value, scope),
            };
        }
        let telling = scope.telling.or_else(|| self.presumed(scope));
        let range = trimmed(text.as_str());
        let Some(telling) = telling.filter(|_| !scope.nameless) else {
            return self.note_name(text, range, scope);
        };
        let value = &text.as_str()[range.clone()];
        if value.contains('\n') {
            return self.note(text, range, scope, Judgement::Nothing, "is a text of several lines");
        }
        if value.contains(reference::FILLER) {
            return self.mixed(text, scope, telling);
        }
        // A key of several words is a text for people, what stands under it a translation.
        let label = self.literal.role == Role::Text && scope.name.trim().contains(' ');
        match self.weigh(text, range.clone(), scope, telling, &names::split(&scope.name)) {
            // In an example a value is there to be replaced, unless somebody left a real one in it.
            Judgement::Plain if (self.literal.setting.example || label) && !is_composed(value) => {}
            Judgement::Weak | Judgement::Placeholder if label => {}
            Judgement::Random if telling == Telling::Random => self.give(text, range, scope, Why::Name, Confidence::Medium),
            Judgement::Random => self.give(text, range, scope, Why::Name, Confidence::High),
            Judgement::Plain => self.give(text, range, scope, Why::Name, Confidence::Medium),
            Judgement::Weak => self.weak(text, range, scope),
            Judgement::Placeholder if self.stands() => self.weak(text, range, scope),
            Judgement::Placeholder | Judgement::Nothing => {}
        }
    }

    /// What a variable falls back to, where it is no placeholder: it is there to be set.
    fn fallback(&mut self, text: &Text<'_>, scope: &Scope<'_>) {
        let Some(telling) = scope.telling.filter(|_| !scope.nameless) else { return };
        let judgement = self.weigh(text, 0..text.len(), scope, telling, &names::split(&scope.name));
        if matches!(judgement, Judgement::Plain | Judgement::Random) {
            self.give(text, 0..text.len(), scope, Why::Name, Confidence::Medium);
        }
    }

    /// Whether a placeholder is what somebody will log in with: in a file that is applied as it stands, not as what a variable
    /// falls back to, which is there to be set.
    fn stands(&self) -> bool {
        self.literal.setting.applied && self.literal.role != Role::ComposeFallback
    }

    /// What is in a Secret is meant to be one: there a random value needs no telling name, only one that does not deny it.
    pub(super) fn presumed(&self, scope: &Scope<'_>) -> Option<Telling> {
        let own = scope.trail.is_empty() && self.literal.role == Role::KubernetesSecret;
        (own && names::is_neutral(&scope.name)).then_some(Telling::Random)
    }

    /// A value with references in it: a literal part counts where it convinces by itself.
    fn mixed(&mut self, text: &Text<'_>, scope: &Scope<'_>, telling: Telling) {
        let own = names::split(&scope.name);
        let mut start = 0;
        for piece in text.as_str().split(reference::FILLER) {
            let range = start..start + piece.len();
            start = range.end + reference::FILLER.len_utf8();
            if piece.is_empty() {
                continue;
            }
            if self.weigh(text, range.clone(), scope, telling, &own) == Judgement::Random {
                self.give(text, range, scope, Why::Name, Confidence::Medium);
            }
        }
    }

    fn weak(&mut self, text: &Text<'_>, range: Range<usize>, scope: &Scope<'_>) {
        if !self.literal.setting.example {
            self.give(text, range, scope, Why::Weak, Confidence::Medium);
        }
    }

    pub(super) fn give(&mut self, text: &Text<'_>, range: Range<usize>, scope: &Scope<'_>, why: Why, confidence: Confidence) {
        let value = &text.as_str()[range.clone()];
        let strong = randomness::estimate(value) >= 64.0;
        let found = Found { why, detector: None, severity: None, confidence, secret: Secret::new(value, "", None, strong) };
        self.push(text, range, scope, found);
    }

    fn push(&mut self, text: &Text<'_>, range: Range<usize>, scope: &Scope<'_>, found: Found) {
        let spans = text.locate(range);
        let Some(span) = spans.iter().copied().reduce(Span::hull) else { return };
        self.found.push(Verdict {
            place: Place { source: self.literal.source, span },
            spans,
            role: self.literal.role,
            name: scope.name.to_string(),
            path: self.path(scope),
            why: found.why,
            detector: found.detector,
            severity: found.severity,
            confidence: found.confidence,
            secret: found.secret,
            setting: self.literal.setting,
            opener: self.literal.opener,
            chain: scope.chain.clone(),
        });
    }

    /// What a value under a name is, written down where somebody asks.
    pub(super) fn weigh(&mut self, text: &Text<'_>, range: Range<usize>, scope: &Scope<'_>, telling: Telling, own: &[String]) -> Judgement {
        let (judgement, because) = values::weigh(&text.as_str()[range.clone()], telling, own);
        if let Some(accounts) = self.accounts.as_deref_mut() {
            // Beside a user in a URL, in a header: there the place tells, not the name.
            let account = if scope.telling == Some(telling) {
                Account::new(text.locate(range), &scope.name, &scope.chain, judgement, because).promised(Some(telling))
            } else {
                let place = match telling {
                    Telling::Password => "a password",
                    Telling::Token => "a token",
                    Telling::Random => "a secret",
                };
                let said = format!("stands where {place} stands, and {because}");
                Account::new(text.locate(range), &scope.name, &scope.chain, judgement, said)
            };
            accounts.push(account);
        }
        judgement
    }

    /// Writes down what needed no name.
    pub(super) fn note(&mut self, text: &Text<'_>, range: Range<usize>, scope: &Scope<'_>, judgement: Judgement, value_is: &'static str) {
        if let Some(accounts) = self.accounts.as_deref_mut() {
            accounts.push(Account::new(text.locate(range), &scope.name, &scope.chain, judgement, value_is));
        }
    }

    /// Writes down that neither name nor shape says anything.
    fn note_name(&mut self, text: &Text<'_>, range: Range<usize>, scope: &Scope<'_>) {
        if let Some(accounts) = self.accounts.as_deref_mut() {
            let value = &text.as_str()[range.clone()];
            let said = match () {
                () if known::is_documented(value) => "is known from its vendor's documentation",
                () if dull::is_dull(value) => "is no token of a known shape, and made up besides",
                () => "has the shape of no token that caulk knows",
            };
            accounts.push(Account::new(text.locate(range), &scope.name, &scope.chain, Judgement::Nothing, said).promised(None));
        }
    }

    fn note_shape(&mut self, text: &Text<'_>, range: Range<usize>, scope: &Scope<'_>, title: &str, more: &str) {
        if let Some(accounts) = self.accounts.as_deref_mut() {
            let said = format!("has the shape of {title}{more}");
            accounts.push(Account::new(text.locate(range), &scope.name, &scope.chain, Judgement::Random, said));
        }
    }

    fn path(&self, scope: &Scope<'_>) -> LogicalPath {
        let inner = scope.trail.build();
        let outer = (self.literal.path)();
        if inner.shown.is_empty() { outer } else { behind(outer, &inner) }
    }
}
