//! Places where people see what reaches them: commands, triggers, messages, requests; and where a mark is taken off.

use std::collections::HashMap;

use super::reach::{Found, Reader};
use super::scope::{Bound, Scope};
use super::sinks::each_argument;
use super::{Taint, TaintKind};
use crate::flow::script::{Code, Language, Nature, Reach, State, follow};
use crate::formats::terraform::{Argument, Block, Module};
use crate::secrets;
use crate::source::{Place, Source, Span};
use crate::syntax::hcl::{Expr, ExprKind};
use crate::syntax::shell::Dialect;

/// A secret that reaches such a place.
pub struct Spill {
    /// What kind of place it is.
    pub kind: SpillKind,
    /// Its address: `null_resource.x.provisioner.command`.
    pub address: String,
    /// Where the secret is written into it.
    pub place: Place,
    /// Where the argument begins that it is written into.
    pub opener: Place,
    /// How the module names the secret.
    pub secret: String,
    /// Whether Terraform knows that it is one, and hides what it is part of.
    pub hidden: bool,
    /// What it is in the child module that hands it out.
    pub from: Vec<(String, Place)>,
    /// The place in the child module that it is handed to, where that is where people see it.
    pub beyond: Option<(String, Place)>,
    /// Whether it stands in an example or in something that is thrown away.
    pub lowered: bool,
}

/// A kind of place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SpillKind {
    /// The command of a `local-exec` provisioner.
    LocalCommand,
    /// The environment of a `local-exec` provisioner, where its command prints it.
    Printed,
    /// The commands of a `remote-exec` provisioner.
    RemoteCommand,
    /// The program of a data source `external`.
    Program,
    /// What a `null_resource` or `terraform_data` is triggered by.
    Trigger,
    /// A file that `local_file` writes.
    File,
    /// The value of a parameter of AWS that is stored unencrypted.
    Parameter,
    /// The message of a condition.
    Message,
    /// The argument of `nonsensitive`.
    Unmasked,
    /// The address of a request.
    Url,
    /// Headers or body of a request; `plain` where it is not encrypted.
    Request {
        /// Whether the address begins with `http://`.
        plain: bool,
    },
}

/// `for` expressions of one argument that are looked into.
const MAX_LOOPS: usize = 64;

/// A story has no more places than this.
const MAX_WAY: usize = 3;

/// Where a variable of a child module is seen, though nothing says that it is secret.
#[derive(Clone)]
pub(super) struct Reached {
    kind: SpillKind,
    address: String,
    place: Place,
}

/// The variables of a module that are seen somewhere, secret or not: whether they are, the caller knows.
pub(super) fn variables<'a>(module: Module<'a>, reader: &Reader<'_, 'a>) -> HashMap<String, Reached> {
    let mut spills = Spills { reader, list: Vec::new(), variables: Some(HashMap::new()) };
    spills.module(module);
    spills.variables.unwrap_or_default()
}

/// Every spill of a module.
pub(super) fn all<'a>(module: Module<'a>, reader: &Reader<'_, 'a>) -> Vec<Spill> {
    let mut spills = Spills { reader, list: Vec::new(), variables: None };
    spills.module(module);
    spills.list
}

struct Spills<'s, 'c, 'a> {
    reader: &'s Reader<'c, 'a>,
    list: Vec<Spill>,
    /// What is looked for instead where a child is summed up.
    variables: Option<HashMap<String, Reached>>,
}

impl<'a> Spills<'_, '_, 'a> {
    fn module(&mut self, module: Module<'a>) {
        for block in module.blocks() {
            self.block(block);
        }
    }

    fn block(&mut self, block: Block<'a>) {
        match (block.kind(), block.label(0)) {
            ("module", _) => self.call(block),
            ("data", _) => self.data(block),
            // <https://developer.hashicorp.com/terraform/language/block/check>
            ("check", _) => block.blocks_of("data").for_each(|data| self.data(data)),
            ("resource", "local_file" | "local_sensitive_file") => {
                for name in ["content", "content_base64", "sensitive_content"] {
                    self.argument(block, name, SpillKind::File);
                }
            }
            ("resource", "aws_ssm_parameter") if is_plain_parameter(block) => {
                for name in ["value", "insecure_value"] {
                    self.argument(block, name, SpillKind::Parameter);
                }
            }
            ("resource", "null_resource") => self.argument(block, "triggers", SpillKind::Trigger),
            ("resource", "terraform_data") => {
                self.argument(block, "input", SpillKind::Trigger);
                self.argument(block, "triggers_replace", SpillKind::Trigger);
            }
            _ => {}
        }
        if block.kind() == "resource" {
            self.provisioners(block);
        }
        self.messages(block);
        self.unmasked(block);
    }

    fn data(&mut self, data: Block<'a>) {
        match data.label(0) {
            "http" => self.request(data),
            "external" => self.argument(data, "program", SpillKind::Program),
            _ => {}
        }
    }

    /// What is handed to a child and seen there.
    fn call(&mut self, call: Block<'a>) {
        let Some(child) = self.reader.child_of(call) else { return };
        let scope = Bound::scope(call, None);
        for argument in call.arguments() {
            let Some(reached) = child.seen_variables.get(argument.name()) else { continue };
            let from = self.list.len();
            self.value(call, &argument, &scope, format!("{}.{}", call.address(), argument.name()), reached.kind);
            for spill in self.list.iter_mut().skip(from) {
                spill.beyond = Some((reached.address.clone(), reached.place));
            }
        }
    }

    fn argument(&mut self, block: Block<'a>, name: &str, kind: SpillKind) {
        if let Some(value) = block.argument(name) {
            let address = format!("{}.{name}", block.address());
            self.value(block, &value, &Bound::scope(block, None), address, kind);
        }
    }

    /// <https://developer.hashicorp.com/terraform/language/resources/provisioners/syntax>
    fn provisioners(&mut self, resource: Block<'a>) {
        for provisioner in resource.blocks_of("provisioner") {
            let (name, kind) = match provisioner.label(0) {
                "local-exec" => ("command", SpillKind::LocalCommand),
                "remote-exec" => ("inline", SpillKind::RemoteCommand),
                _ => continue,
            };
            let Some(value) = provisioner.argument(name) else { continue };
            let from = self.list.len();
            let address = format!("{}.provisioner.{name}", resource.address());
            self.value(resource, &value, &Bound::scope(resource, None), address, kind);
            // Terraform hides a whole command, and what it prints, where it knows of one secret in it.
            let environment = provisioner.argument("environment").is_some_and(|values| self.is_hidden(&values, resource));
            if kind == SpillKind::LocalCommand && !environment && self.variables.is_none() {
                self.printed(resource, provisioner, &value);
            }
            let hidden = environment
                || self.list.get(from..).is_some_and(|found| found.iter().any(|spill| spill.hidden))
                || provisioner.flag("quiet") == Some(true);
            self.list.iter_mut().skip(from).for_each(|spill| spill.hidden |= hidden);
        }
    }

    /// What the command prints of its environment. Where Terraform knows that something in it is sensitive, it shows nothing.
    fn printed(&mut self, resource: Block<'a>, provisioner: Block<'a>, command: &Argument<'a>) {
        let interpreter = provisioner.argument("interpreter").map(|words| words.words().concat().to_lowercase());
        if interpreter.is_some_and(|name| !name.contains("sh") || name.contains("powershell") || name.contains("pwsh")) {
            return;
        }
        let mut state = State::default();
        let scope = Bound::scope(resource, None);
        for item in provisioner.argument("environment").map(|values| values.items()).unwrap_or_default() {
            let mut taints = Vec::new();
            self.reader.all(&item, &scope, &mut |found| match found {
                Found::Variable(name, place) if self.reader.is_secret_variable(name) => {
                    taints.push(state.secret(format!("var.{name}"), place, Nature::Unmasked));
                }
                Found::Taint(taint) if taint.kind == TaintKind::Unmarked => {
                    taints.push(state.secret(taint.name, taint.place, Nature::Unmasked));
                }
                _ => {}
            });
            state.bind(item.name(), taints);
        }
        if state.origins.is_empty() {
            return;
        }
        let (text, opaque) = command.script();
        let language = Language::Shell(Dialect::Posix);
        let code = Code {
            text: &text,
            source: command.source().id,
            language,
            opaque: &opaque,
            holes: &[],
            trace: None,
            here: "",
            own: "",
            folder: None,
        };
        for leak in follow(&code, &mut state).into_iter().filter(|leak| leak.reach == Reach::Log) {
            let Some(origin) = state.origin(&leak.taint) else { continue };
            self.list.push(Spill {
                kind: SpillKind::Printed,
                address: format!("{}.provisioner.command", resource.address()),
                place: leak.taint.at,
                opener: command.name_place(),
                secret: origin.name.clone(),
                hidden: false,
                from: vec![(origin.name.clone(), origin.place)],
                beyond: None,
                lowered: resource.is_lowered(),
            });
        }
    }

    fn is_hidden(&self, value: &Argument<'a>, block: Block<'a>) -> bool {
        let mut hidden = false;
        self.reader.all(value, &Bound::scope(block, None), &mut |found| {
            hidden |= matches!(found, Found::Taint(taint) if taint.kind != TaintKind::Unmarked);
        });
        hidden
    }

    /// Messages of conditions are printed where these fail.
    fn messages(&mut self, block: Block<'a>) {
        let scope = Bound::scope(block, None);
        let inner = block.blocks().flat_map(|inner| std::iter::once(inner).chain(inner.blocks()));
        for condition in inner.filter(|inner| matches!(inner.kind(), "precondition" | "postcondition" | "assert" | "validation")) {
            if let Some(value) = condition.argument("error_message") {
                let address = format!("{}.{}.error_message", block.address(), condition.kind());
                self.value(block, &value, &scope, address, SpillKind::Message);
            }
        }
    }

    /// <https://registry.terraform.io/providers/hashicorp/http/latest/docs/data-sources/http>
    fn request(&mut self, data: Block<'a>) {
        let plain = data.argument("url").is_some_and(|url| {
            let start = url.expr().literal().map(|text| text.as_str().to_owned());
            let start = start.unwrap_or_else(|| url.source().slice(url.expr().span()).trim_start_matches('"').to_owned());
            start.strip_prefix("http://").is_some_and(|host| !["localhost", "127."].iter().any(|local| host.starts_with(local)))
        });
        self.argument(data, "url", SpillKind::Url);
        for name in ["request_headers", "request_body"] {
            self.argument(data, name, SpillKind::Request { plain });
        }
    }

    /// <https://developer.hashicorp.com/terraform/language/functions/nonsensitive>
    fn unmasked(&mut self, block: Block<'a>) {
        each_argument(block, &mut |path, value, scope| {
            // Where the variables of `for` expressions mean something, outer ones first.
            let mut inside: Vec<(Span, Scope<'a>)> = vec![(value.expr().span(), scope.clone())];
            for expr in value.expr().descendants() {
                let place = value.source().place(expr.span());
                let around = |span: Span| {
                    inside.iter().rev().find(|(outer, _)| outer.contains(span)).map_or_else(|| scope.clone(), |(_, scope)| scope.clone())
                };
                match expr.kind() {
                    ExprKind::Comprehension(found) if inside.len() < MAX_LOOPS => {
                        let bound = Bound::of_comprehension(found, around(place.span));
                        inside.push((found.value.span(), bound));
                    }
                    ExprKind::Call(call) if call.name().text == "nonsensitive" => {
                        let Some(inner) = call.arguments().iter().next() else { continue };
                        let address = format!("{}.{path}", block.address());
                        let taint = self.gravest(value.source(), inner, &around(place.span), &address);
                        let spill = taint.map(|taint| spill(taint, SpillKind::Unmasked, address, &value, block));
                        self.list.extend(spill.map(|spill| Spill { place, ..spill }));
                    }
                    _ => {}
                }
            }
        });
    }

    /// The gravest secret that an expression is made of. What Terraform is asked to show was hidden before: a telling name is enough.
    fn gravest(&mut self, source: &'a Source, expr: Expr<'a>, scope: &Scope<'a>, address: &str) -> Option<Taint> {
        let mut gravest: Option<Taint> = None;
        let (reader, place) = (self.reader, source.place(expr.span()));
        if let Some(variables) = &mut self.variables {
            reader.inside(source, expr, scope, &mut |found| {
                reach(variables, reader, found, SpillKind::Unmasked, address);
            });
            return None;
        }
        self.reader.inside(source, expr, scope, &mut |found| {
            let taint = match found {
                Found::Taint(taint) if taint.kind != TaintKind::Marked && is_itself(&taint) => taint,
                Found::Plain(name) if name.rsplit('.').next().is_some_and(secrets::is_secret_name) => {
                    Taint { name, place, kind: TaintKind::Declared, from: None }
                }
                _ => return,
            };
            gravest = super::graver(gravest.take(), taint);
        });
        gravest
    }

    /// Adds a spill for each secret in a value, each place once.
    fn value(&mut self, block: Block<'a>, value: &Argument<'a>, scope: &Scope<'a>, address: String, kind: SpillKind) {
        let reader = self.reader;
        if let Some(variables) = &mut self.variables {
            return reader.all(value, scope, &mut |found| reach(variables, reader, found, kind, &address));
        }
        let from = self.list.len();
        self.reader.all(value, scope, &mut |found| {
            let taint = match found {
                Found::Taint(taint) if taint.kind != TaintKind::Marked && is_itself(&taint) => taint,
                Found::Variable(name, place) if self.reader.is_secret_variable(name) => {
                    Taint { name: format!("var.{name}"), place, kind: TaintKind::Unmarked, from: None }
                }
                _ => return,
            };
            // What is reached through a local stands in another place; what is underlined is what is written here.
            let inside = taint.place.source == value.source().id && value.place().span.contains(taint.place.span);
            let place = if inside { taint.place } else { value.value_place() };
            if self.list.iter().skip(from).all(|known| known.place != place) {
                self.list.push(Spill { place, ..spill(taint, kind, address.clone(), value, block) });
            }
        });
    }
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ssm_parameter>
fn is_plain_parameter(parameter: Block<'_>) -> bool {
    parameter.text("type").is_some_and(|kind| matches!(kind.as_str(), "String" | "StringList"))
}

/// Notes a variable that is seen. One that is named like a secret, or says that it is one, is reported in its own module.
fn reach(variables: &mut HashMap<String, Reached>, reader: &Reader<'_, '_>, found: Found<'_>, kind: SpillKind, address: &str) {
    if let Found::Variable(name, place) = found
        && !reader.is_secret_variable(name)
    {
        variables.entry(name.to_owned()).or_insert_with(|| Reached { kind, address: address.to_owned(), place });
    }
}

/// Of a sensitive object, a part is a secret only where its own name does not say otherwise.
fn is_itself(taint: &Taint) -> bool {
    let mut steps = taint.name.split('.').skip(2).peekable();
    taint.kind != TaintKind::Declared || steps.peek().is_none() || taint.name.starts_with("module.") || steps.any(secrets::is_secret_name)
}

fn spill(taint: Taint, kind: SpillKind, address: String, value: &Argument<'_>, block: Block<'_>) -> Spill {
    let way = std::iter::successors(taint.from.as_deref(), |from| from.from.as_deref()).take(MAX_WAY);
    let from = way.map(|from| (from.name.clone(), from.place)).collect();
    let hidden = taint.kind != TaintKind::Unmarked;
    Spill {
        kind,
        address,
        place: taint.place,
        opener: value.name_place(),
        secret: taint.name,
        hidden,
        from,
        beyond: None,
        lowered: block.is_lowered(),
    }
}
