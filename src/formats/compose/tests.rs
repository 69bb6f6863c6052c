use std::sync::Arc;

use super::*;
use crate::literal::{Part, Reading, Role, Value};

/// Files by path.
struct Files(&'static [(&'static str, &'static str)]);

impl Tree for Files {
    fn read(&self, path: &str) -> Option<Arc<Source>> {
        let (path, text) = self.0.iter().find(|(known, _)| *known == path)?;
        Some(Arc::new(Source { root_path: (*path).to_owned(), text: (*text).to_owned(), ..Source::default() }))
    }

    fn list(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

fn with<T>(path: &str, text: &str, look: impl FnOnce(Option<Compose<'_>>) -> T) -> T {
    let source = Source { path: path.to_owned(), root_path: path.to_owned(), text: text.to_owned(), ..Source::default() };
    let tree = yaml::Tree::parse(&source.text);
    look(Compose::new(&source, &tree, &Files(&[])))
}

/// `role name path = literal parts`, prose left out, in order of visit.
fn values(text: &str) -> Vec<String> {
    with("compose.yaml", text, |compose| {
        let mut seen = Vec::new();
        compose.unwrap().literals(&mut |literal| {
            if literal.reading != Reading::Prose {
                seen.push(format!("{:?} {} {} = {}", literal.role, literal.name, (literal.path)().shown, shown(&literal.value)));
            }
        });
        seen
    })
}

fn shown(value: &Value<'_>) -> String {
    let part = |part: &Part<'_>| match part {
        Part::Literal(text) => text.as_str().to_owned(),
        Part::Reference(reference) => {
            let fallback = reference.fallback.as_deref().map(|value| format!(" or {}", shown(value))).unwrap_or_default();
            format!("<{}{fallback}>", reference.name)
        }
    };
    value.parts.iter().map(part).collect()
}

fn prose(text: &str) -> Vec<(Role, String)> {
    with("compose.yaml", text, |compose| {
        let mut seen = Vec::new();
        compose.unwrap().literals(&mut |literal| {
            if literal.reading == Reading::Prose {
                seen.push((literal.role, shown(&literal.value)));
            }
        });
        seen
    })
}

#[test]
fn environments_are_maps_or_lists() {
    let text =
        "services:\n  db:\n    environment:\n      A: x\n      B:\n  web:\n    environment:\n      - C=y=z\n      - D\n      - 'E=\"q\"'\n";
    let expected = [
        "Compose A services.db.environment.A = x",
        "Compose B services.db.environment.B = ",
        "Compose C services.web.environment[0] = y=z",
        "Compose environment services.web.environment[1] = D",
        "Compose E services.web.environment[2] = q",
    ];
    assert_eq!(values(text), expected);
}

#[test]
fn what_stands_inside_a_variable_has_a_role_of_its_own() {
    let text = "services: {db: {environment: {PW: '${A:-x${B:-y}}', URL: 'u:${C-z}@h', D: '${D:?say it}', E: '$$5'}}}";
    let expected = [
        "Compose PW services.db.environment.PW = <A>",
        "ComposeFallback PW services.db.environment.PW = <A or x<B>>",
        "ComposeFallback  services.db.environment.PW = <B or y>",
        "Compose URL services.db.environment.URL = u:<C>@h",
        "ComposeFallback  services.db.environment.URL = <C or z>",
        "Compose D services.db.environment.D = <D>",
        "Compose E services.db.environment.E = $5",
    ];
    assert_eq!(values(text), expected);
    assert!(prose(text).contains(&(Role::ComposeFallback, "<D or say it>".to_owned())));
}

#[test]
fn commands_are_known_wherever_they_stand() {
    let text = "\
x-base: &base {command: one}
x-all: {app: {entrypoint: [two, three]}}
services:
  a: {<<: *base, entrypoint: [four], healthcheck: {test: [CMD, five]}}
  b: {command: six, post_start: [{command: seven, user: root}], environment: {command: no}, labels: {entrypoint: no}}
";
    let commands: Vec<String> = prose(text).into_iter().filter(|(role, _)| *role == Role::ComposeCommand).map(|(_, value)| value).collect();
    assert_eq!(commands, ["one", "two", "three", "four", "CMD", "five", "six", "seven"]);
}

#[test]
fn names_of_secrets_are_no_secrets() {
    let text = "services: {a: {secrets: [db-password], build: {secrets: [x]}}}\nsecrets: {db-password: {file: ./pw.txt}}\n";
    assert_eq!(values(text), ["Compose file secrets.db-password.file = ./pw.txt"]);
}

#[test]
fn an_anchored_environment_is_visited_once() {
    let text = "x-env: &env\n  PASSWORD: a\nservices:\n  a: {environment: {<<: *env, X: b}}\n  b: {environment: *env}\n";
    assert_eq!(values(text), ["Compose PASSWORD x-env.PASSWORD = a", "Compose X services.a.environment.X = b"]);
}

#[test]
fn mount_options_have_names() {
    let text = "volumes:\n  nas:\n    driver_opts: {type: cifs, o: 'addr=nas,username=u,password=${P},ro'}\n";
    let expected = [
        "Compose type volumes.nas.driver_opts.type = cifs",
        "Compose addr volumes.nas.driver_opts.o = nas",
        "Compose username volumes.nas.driver_opts.o = u",
        "Compose password volumes.nas.driver_opts.o = <P>",
        "Compose o volumes.nas.driver_opts.o = ro",
    ];
    assert_eq!(values(text), expected);
}

#[test]
fn places_are_those_of_the_file() {
    let text = "services:\n  db:\n    environment:\n      - \"PW=a\\tb$$c${X:-déf}\"\n";
    let mut spans = Vec::new();
    with("compose.yaml", text, |compose| {
        compose.unwrap().literals(&mut |literal| {
            if literal.reading == Reading::Value {
                let fallback = literal.value.parts.iter().find_map(|part| match part {
                    Part::Reference(reference) => reference.fallback.as_deref(),
                    Part::Literal(_) => None,
                });
                spans.extend(literal.value.parts.iter().chain(fallback.iter().flat_map(|value| &value.parts)).filter_map(
                    |part| match part {
                        Part::Literal(text) => Some(text.span()),
                        Part::Reference(_) => None,
                    },
                ));
            }
        });
    });
    let written: Vec<&str> = spans.iter().map(|span| &text[span.range()]).collect();
    assert_eq!(written, ["a\\tb$$c", "déf"]);
}

#[test]
fn a_document_is_compose_by_its_top_level_keys() {
    let mixed = "services: {a: {image: x}}\n---\napiVersion: v1\nkind: Secret\nservices: {a: {image: x}}\n";
    with("stack.yml", mixed, |compose| assert_eq!(compose.unwrap().documents.len(), 1));
    with("stack.yml", "services: [a, b]\nimage: x\n", |compose| assert!(compose.is_none()));
    with("stack.yml", "services: {a: {port: 1}}\n", |compose| assert!(compose.is_none()));
    with("compose.yaml", "services: {a: {port: 1}}\n", |compose| assert!(compose.is_some()));
    with("compose.yaml", "apiVersion: v1\nkind: Pod\n", |compose| assert!(compose.is_none()));
    with("compose.yaml", "", |compose| assert!(compose.is_none()));
}

#[test]
fn manifests_beside_it_take_the_comments() {
    let text = "# one\nservices: {a: {image: x}}\n";
    with("stack.yml", text, |compose| assert!(!compose.unwrap().has_manifests_beside()));
    assert!(prose(text).contains(&(Role::Compose, "# one".to_owned())));
    let mixed = format!("{text}---\napiVersion: v1\nkind: Pod\n");
    with("stack.yml", &mixed, |compose| assert!(compose.unwrap().has_manifests_beside()));
    assert!(!prose(&mixed).contains(&(Role::Compose, "# one".to_owned())));
    let mixed = "apiVersion: v1\nkind: Pod # theirs\n---\nservices:\n  a: {image: x} # ours\n";
    let comments = with("stack.yml", mixed, |compose| compose.unwrap().comments());
    assert_eq!(comments.iter().map(|place| &mixed[place.span.range()]).collect::<Vec<_>>(), ["# ours"]);
}

#[test]
fn services_know_image_and_ports_through_extends() {
    let files = Files(&[
        ("base/common.yml", "services:\n  db: {extends: {file: ../deep.yml, service: pg}, ports: ['5432:5432']}\n"),
        ("base/../deep.yml", "services:\n  pg: {image: 'docker.io/library/postgres:17'}\n"),
    ]);
    let text = "services:\n  a: {extends: {file: base/common.yml, service: db}}\n  b: {extends: a, image: mysql}\n  c: {extends: c}\n";
    let source = Source { root_path: "compose.yaml".to_owned(), text: text.to_owned(), ..Source::default() };
    let tree = yaml::Tree::parse(text);
    let compose = Compose::new(&source, &tree, &files).unwrap();
    let facts: Vec<_> = compose.services().iter().map(|s| (&*s.name, s.image_name(), s.is_published())).collect();
    assert_eq!(facts, [("a", Some("postgres"), true), ("b", Some("mysql"), true), ("c", None, false)]);
    let at = u32::try_from(text.find("mysql").unwrap()).unwrap();
    let place = source.place(Span { start: at, end: at + 5 });
    assert_eq!(compose.service_at(place).map(|s| &*s.name), Some("b"));
}

#[test]
fn the_first_format_has_its_services_at_the_top() {
    let text = "db:\n  image: postgres\n  command: x\n  environment:\n    - A=b\n";
    assert_eq!(values(text), ["Compose image db.image = postgres", "Compose A db.environment[0] = b"]);
    with("docker-compose.yml", text, |compose| assert_eq!(compose.unwrap().services()[0].image(), Some("postgres")));
}

#[test]
fn depth_is_harmless() {
    let hostile = || {
        let deep = format!("services: {}", "{a: ".repeat(100_000));
        with("compose.yaml", &deep, |compose| {
            if let Some(compose) = compose {
                compose.literals(&mut |_| {});
            }
        });
        let default = format!("services: {{a: {{image: '{}x{}'}}}}", "${A:-".repeat(100_000), "}".repeat(100_000));
        let mut count = 0;
        with("compose.yaml", &default, |compose| compose.unwrap().literals(&mut |_| count += 1));
        assert!(count > 100_000);
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(hostile).unwrap().join().unwrap();
}
