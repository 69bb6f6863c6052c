//! The literals of a pipeline: which name, which value, how to read it.

use std::borrow::Cow;
use std::collections::HashSet;

use super::Pipeline;
use crate::formats::interpolated::Interpolated;
use crate::formats::script;
use crate::formats::yaml::{self, Met, Step};
use crate::literal::{Literal, LogicalPath, Part, Reading, Reference, Role, Value};
use crate::source::{Setting, Span, Text};
use crate::syntax::shell::Dialect;
use crate::syntax::yaml::{Node, Shape};

type Visit<'v> = &'v mut dyn FnMut(&Literal<'_, '_>);

/// Keys of scripts.
const SCRIPTS: [&str; 4] = ["script", "before_script", "after_script", "pre_get_sources_script"];

/// Visits the literals of the file's documents, and its comments.
pub(super) fn visit(pipeline: &Pipeline<'_>, visit: Visit<'_>) {
    let services = Services::new(pipeline);
    for root in &pipeline.roots {
        yaml::scalars(*root, &mut |met| scalar(pipeline, &services, met, visit));
    }
    for comment in pipeline.tree.comments() {
        let text = Text::raw(&pipeline.source.text, *comment);
        let literal = Literal { opener: comment.start, ..literal(pipeline, Value::literal(text), &LogicalPath::default) };
        visit(&literal);
    }
}

fn literal<'a, 'p>(pipeline: &Pipeline<'_>, value: Value<'a>, path: &'p dyn Fn() -> LogicalPath) -> Literal<'a, 'p> {
    Literal {
        role: Role::GitlabCi,
        name: "".into(),
        value,
        reading: Reading::Prose,
        source: pipeline.source.id,
        setting: pipeline.source.setting,
        opener: 0,
        path,
    }
}

fn scalar(pipeline: &Pipeline<'_>, services: &Services, met: &Met<'_, '_>, visit: Visit<'_>) {
    let Some(text) = met.node.text() else { return };
    let path = || met.path("");
    let (opener, base) = (met.opener(), literal(pipeline, Value::default(), &path));
    if is_script(met) {
        let opaque = inputs(text.as_str());
        let given = script::given(&text, Dialect::Posix, &opaque);
        let reached = !given.is_empty() && services.are_reached(text.as_str());
        for given in given {
            // `mysql -psecret -h mysql`: the password of the service container.
            let service = services.own(&given.name, "") || (reached && given.name == "password");
            let (name, setting) = (Cow::from(given.name), throwaway(pipeline.source.setting, service));
            visit(&Literal { name, value: given.value, reading: Reading::Value, opener, setting, ..base_of(&base) });
        }
        visit(&Literal { value: Value::literal(text), opener, ..base_of(&base) });
        return;
    }
    let name = name(met);
    let prose = met.is_key || matches!(&*met.name(), "if" | "description");
    let service = in_service(met) || services.own(&name, text.as_str());
    let setting = throwaway(pipeline.source.setting, service);
    let (name, reading) = if prose { ("".into(), Reading::Prose) } else { (name, Reading::Value) };
    let value = value(text);
    visit(&Literal { name, value, reading, setting, opener, ..base_of(&base) });
}

fn base_of<'a, 'p>(base: &Literal<'_, 'p>) -> Literal<'a, 'p> {
    Literal {
        role: base.role,
        name: "".into(),
        value: Value::default(),
        reading: base.reading,
        source: base.source,
        setting: base.setting,
        opener: base.opener,
        path: base.path,
    }
}

/// Whether a scalar is a line of a script: under a script's key, or in a hidden list of lines (`.snippet: &snippet [ … ]`).
pub(super) fn is_script(met: &Met<'_, '_>) -> bool {
    let name = met.name();
    let hidden = met.steps.len() > 1 && name.starts_with('.') && matches!(met.steps.last(), Some(Step::Item(..)));
    !met.is_key && (SCRIPTS.contains(&&*name) || hidden)
}

/// The name a value stands under. `variables: {X: {value: …}}` and `inputs: {x: {default: …}}` have it one level up.
fn name<'a>(met: &Met<'a, '_>) -> Cow<'a, str> {
    let mut keys = met.steps.iter().rev().filter_map(|step| match step {
        Step::Key(key) => Some(key.str().unwrap_or_default()),
        Step::Item(..) => None,
    });
    let (key, above, kind) = (keys.next().unwrap_or_default(), keys.next(), keys.next());
    let described = match kind.as_deref() {
        Some("variables") => matches!(&*key, "value" | "options"),
        Some("inputs") => matches!(&*key, "default" | "options"),
        _ => false,
    };
    above.filter(|_| described).unwrap_or(key)
}

/// A value: literal text, variables, and `$[[ inputs.x ]]`.
fn value(text: Text<'_>) -> Value<'_> {
    let holes = inputs(text.as_str());
    if holes.is_empty() {
        return Interpolated::new(text).value();
    }
    let mut value = Value::default();
    let mut at = 0;
    for hole in &holes {
        value.parts.extend(Interpolated::new(text.slice(at..hole.start as usize)).value().parts);
        let name = text.as_str()[hole.range()].to_owned().into();
        value.parts.push(Part::Reference(Reference { span: text.hull(hole.range()), name, fallback: None }));
        at = hole.end as usize;
    }
    value.parts.extend(Interpolated::new(text.slice(at..text.len())).value().parts);
    value
}

/// The ranges of `$[[ … ]]`: <https://docs.gitlab.com/ci/inputs/>.
fn inputs(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("$[[").map(|found| at + found) {
        let Some(end) = text[start..].find("]]").map(|found| start + found + 2) else { break };
        found.push(Span::new(start, end));
        at = end;
    }
    found
}

/// Whether a value stands in the `variables` of a service.
fn in_service(met: &Met<'_, '_>) -> bool {
    let is = |step: &Step<'_>, name: &str| matches!(step, Step::Key(key) if key.is_str(name));
    met.steps.windows(3).any(|steps| is(&steps[0], "services") && matches!(steps[1], Step::Item(..)) && is(&steps[2], "variables"))
}

fn throwaway(setting: Setting, service: bool) -> Setting {
    Setting { throwaway: setting.throwaway || service, ..setting }
}

/// The file's service containers.
struct Services {
    /// Their hosts: the images' names and the aliases.
    hosts: HashSet<String>,
    /// How the variables begin that are theirs.
    starts: Vec<&'static str>,
}

impl Services {
    fn new(pipeline: &Pipeline<'_>) -> Self {
        let mut hosts = HashSet::new();
        let mut add = |services: Node<'_>| services.items().for_each(|service| hosts.extend(hosts_of(service.resolve())));
        pipeline.globals("services").iter().for_each(|services| add(services.node));
        pipeline.globals("default").iter().filter_map(|default| default.get("services")).for_each(|services| add(services.node));
        for job in pipeline.jobs() {
            job.each("services").for_each(|(_, services)| add(services.node));
        }
        let serves = |word: &str| hosts.iter().any(|host| host.contains(word));
        let own = SERVERS.iter().filter(|(word, _)| serves(word)).flat_map(|(_, starts)| starts.iter().copied());
        let mut starts: Vec<&str> = own.collect();
        if !starts.is_empty() {
            starts.extend(["DB_", "DATABASE_"]);
        }
        Self { hosts, starts }
    }

    /// Whether a variable is a password of one of them: it protects nothing that outlives the job.
    /// `POSTGRES_PASSWORD` beside a `postgres` service, or a URL whose host is a service or the job itself.
    fn own(&self, name: &str, value: &str) -> bool {
        let host = || value.rsplit_once('@').map(|(_, host)| host.split([':', '/', '?']).next().unwrap_or(host).to_ascii_lowercase());
        let reaches = |host: String| matches!(host.as_str(), "localhost" | "127.0.0.1") || self.hosts.contains(&host);
        let by_url = || !self.hosts.is_empty() && value.contains("://") && host().is_some_and(reaches);
        self.starts.iter().any(|start| name.starts_with(start)) || by_url()
    }

    /// Whether a script connects to one of them: `-h postgres`, `--host=postgres`.
    fn are_reached(&self, script: &str) -> bool {
        let behind = |flag: &'static str| script.match_indices(flag).map(move |(at, _)| &script[at + flag.len()..]);
        let end = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.');
        let host = |rest: &str| rest.trim_start_matches([' ', '=']).split(end).next().is_some_and(|host| self.hosts.contains(host));
        !self.hosts.is_empty() && behind("-h").chain(behind("--host")).any(host)
    }
}

/// The names under which a job reaches a service: <https://docs.gitlab.com/ci/services/#accessing-the-services>.
fn hosts_of(service: Node<'_>) -> Vec<String> {
    let image = if service.shape() == Shape::Scalar { service.str() } else { service.get("name").and_then(Node::str) };
    let alias = service.get("alias").and_then(Node::str);
    let name = image.as_deref().and_then(|image| image.rsplit('/').next()?.split([':', '@']).next());
    let names = name.into_iter().chain(alias.iter().flat_map(|alias| alias.split([',', ' '])));
    names.filter(|name| !name.is_empty()).map(str::to_ascii_lowercase).collect()
}

/// Databases and brokers, with how the variables begin that set or repeat their passwords.
const SERVERS: [(&str, &[&str]); 9] = [
    ("postgres", &["POSTGRES_", "PG"]),
    ("postgis", &["POSTGRES_", "PG"]),
    ("mysql", &["MYSQL_"]),
    ("mariadb", &["MYSQL_", "MARIADB_"]),
    ("percona", &["MYSQL_"]),
    ("mongo", &["MONGO"]),
    ("rabbitmq", &["RABBITMQ_"]),
    ("redis", &["REDIS_"]),
    ("mssql", &["SA_PASSWORD", "MSSQL_"]),
];
