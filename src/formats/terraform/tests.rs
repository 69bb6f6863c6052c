use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::literal::Part;

/// No file but those given.
pub(in crate::formats) struct Files(pub(in crate::formats) Vec<Arc<Source>>);

impl Tree for Files {
    fn read(&self, path: &str) -> Option<Arc<Source>> {
        let path = normal(path);
        self.0.iter().find(|source| source.root_path == path).cloned()
    }

    fn list(&self, directory: &str) -> Vec<String> {
        let directory = normal(directory);
        let inside = |source: &&Arc<Source>| source.root_path.rsplit_once('/').map_or("", |(folder, _)| folder) == directory;
        self.0.iter().filter(inside).map(|source| source.root_path.clone()).collect()
    }
}

fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !matches!(*part, "." | "")) {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

fn sources(files: &[(&str, &str)]) -> Files {
    let source = |(index, (path, text)): (usize, &(&str, &str))| {
        let id = crate::source::SourceId(u32::try_from(index).unwrap());
        Arc::new(Source { id, path: (*path).into(), root_path: (*path).into(), text: (*text).into(), ..Source::default() })
    };
    Files(files.iter().enumerate().map(source).collect())
}

/// Everything that is visited, as `path name reading: parts`, references in braces.
fn visited(files: &[(&str, &str)]) -> Vec<String> {
    let sources = sources(files);
    let parsed = ModuleFiles::all(&sources.0);
    let mut seen = Vec::new();
    Module::new(&parsed, &sources).literals(&mut |literal| {
        let value = show(&literal.value);
        seen.push(format!("{} {} {:?}: {value}", (literal.path)().shown, literal.name, literal.reading));
    });
    seen.sort();
    seen
}

fn show(value: &Value<'_>) -> String {
    let part = |part: &Part<'_>| match part {
        Part::Literal(text) => text.as_str().to_owned(),
        Part::Reference(reference) => {
            let fallback = reference.fallback.as_ref().map_or(String::new(), |value| format!("|{}", show(value)));
            format!("{{{}{fallback}}}", reference.name)
        }
    };
    value.parts.iter().map(part).collect()
}

/// The values of attribute `a` of a resource.
fn values(expression: &str) -> Vec<String> {
    let text = format!("resource \"t\" \"n\" {{\n  a = {expression}\n}}\n");
    visited(&[("main.tf", &text)]).into_iter().filter_map(|line| line.strip_prefix("t.n.a a Value: ").map(str::to_owned)).collect()
}

#[test]
fn constants_are_computed() {
    for (expression, value) in [
        ("\"x\"", "x"),
        ("(\"x\")", "x"),
        ("join(\"-\", [\"a\", \"b\", var.c])", "a-b-{var.c}"),
        ("join(\"\", concat([\"a\"], [\"b\"]))", "ab"),
        ("join(\"\", var.list)", "{}"),
        ("format(\"%s-%v%%\", \"a\", var.b)", "a-{var.b}%"),
        ("format(\"%05d\", 3)", "{}"),
        ("base64encode(trimspace(\"x\"))", "x"),
        ("base64decode(\"aHVudGVy\")", "hunter"),
        ("lower(\"ABC\")", "abc"),
        ("coalesce(var.x, \"lit\")", "{var.x|lit}"),
        ("coalesce(\"\", \"lit\")", "{|lit}"),
        ("try(var.x.y, null)", "{var.x.y}"),
        ("var.x != \"\" ? var.x : \"lit\"", "{var.x|lit}"),
        ("lookup(var.m, \"k\", \"lit\")", "{|lit}"),
        ("\"a${\"b\"}${var.c}d\"", "ab{var.c}d"),
        ("var.x", "{var.x}"),
        ("12345", "12345"),
    ] {
        assert_eq!(values(expression), [value], "{expression}");
    }
    assert_eq!(values("true"), [""; 0]);
    assert_eq!(values("var.x ? \"one\" : \"two\""), ["one", "two", "{}"]);
    assert_eq!(values("coalesce(\"one\", \"two\")"), ["one", "two"]);
    assert_eq!(values("coalesce(var.x, \"two\", var.z)"), ["two", "{var.x}"]);
    assert_eq!(values("coalesce(\"a${var.x}\", \"two\")"), ["a{var.x}", "{|two}"]);
}

#[test]
fn arguments_of_other_functions_are_prose() {
    let text =
        "resource \"t\" \"n\" {\n  a = file(\"x.pem\")\n  b = templatefile(\"t\", { key = \"v\" })\n  c = var.m[\"k\"] == \"y\"\n}\n";
    assert_eq!(
        visited(&[("main.tf", text)]),
        [
            "t.n.a  Prose: x.pem",
            "t.n.a a Value: {}",
            "t.n.b  Prose: t",
            "t.n.b b Value: {}",
            "t.n.b.key key Value: v",
            "t.n.c  Prose: k",
            "t.n.c  Prose: y",
            "t.n.c  Prose: {var.m[\"k\"]}",
        ]
    );
}

#[test]
fn names_come_from_structure() {
    let text = r#"
resource "t" "n" {
  tags = { Name = "x" }
  env {
    name  = "DB_PASSWORD"
    value = "y"
  }
  list = jsonencode([{ name = "K", value = "z" }])
  dynamic "user" {
    for_each = var.u
    content {
      password = "p"
    }
  }
}
provider "aws" {
  secret_key = "s"
}
variable "v" {
  default = "d"
}
locals {
  l = "m"
}
output "o" {
  value = "w"
}
terraform {
  backend "s3" {
    key = "k"
  }
}
"#;
    assert_eq!(
        visited(&[("main.tf", text)]),
        [
            "local.l l Value: m",
            "output.o.value o Value: w",
            "provider.aws.secret_key secret_key Value: s",
            "t.n.env.name name Value: DB_PASSWORD",
            "t.n.env.value DB_PASSWORD Value: y",
            "t.n.list[0].name name Value: K",
            "t.n.list[0].value K Value: z",
            "t.n.tags.Name Name Value: x",
            "t.n.user.for_each for_each Value: {var.u}",
            "t.n.user.password password Value: p",
            "terraform.backend.s3.key key Value: k",
            "var.v.default v Value: d",
        ]
    );
}

#[test]
fn locals_and_variables_are_known_by_their_uses_too() {
    let text = "variable \"v\" {\n  default = \"d\"\n}\nlocals {\n  l = \"m\"\n}\nresource \"azurerm_key_vault_secret\" \"n\" {\n  value = local.l\n  q = var.v\n}\n";
    let seen = visited(&[("main.tf", text)]);
    for line in ["local.l l Value: m", "local.l value Marked: m", "var.v.default v Value: d", "var.v.default q Value: d"] {
        assert!(seen.iter().any(|seen| seen == line), "{line} in {seen:#?}");
    }
}

#[test]
fn the_providers_table_marks_values_with_bland_names() {
    let text = |kind: &str, more: &str| format!("resource \"{kind}\" \"n\" {{\n  value = \"x\"\n{more}}}\n");
    let reading = |text: &str| visited(&[("main.tf", text)]).into_iter().find(|line| line.contains(".value ")).unwrap();
    assert_eq!(reading(&text("azurerm_key_vault_secret", "")), "azurerm_key_vault_secret.n.value value Marked: x");
    assert_eq!(reading(&text("aws_ssm_parameter", "type = \"String\"\n")), "aws_ssm_parameter.n.value value Value: x");
    assert_eq!(reading(&text("aws_ssm_parameter", "type = \"SecureString\"\n")), "aws_ssm_parameter.n.value value Marked: x");
}

#[test]
fn references_are_never_marked() {
    let text = "resource \"azurerm_key_vault_secret\" \"n\" {\n  value = var.x\n}\nresource \"azurerm_key_vault_secret\" \"m\" {\n  value = \"a${var.x}\"\n}\n";
    assert!(visited(&[("main.tf", text)]).iter().all(|line| !line.contains("Marked")));
}

#[test]
fn scripts_are_read_line_by_line() {
    let text = "resource \"t\" \"n\" {\n  user_data = <<-EOF\n    #!/bin/sh\n    export A=${var.a}\n  EOF\n}\n";
    assert_eq!(
        visited(&[("main.tf", text)]),
        ["t.n.user_data A Value: {X}", "t.n.user_data user_data Config: #!/bin/sh\nexport A={var.a}\n"]
    );
}

#[test]
fn scripts_in_base64_are_scripts() {
    // `export A=b`
    let text = "resource \"t\" \"n\" {\n  custom_data = \"ZXhwb3J0IEE9Yg==\"\n  other = \"ZXhwb3J0IEE9Yg==\"\n}\n";
    let seen = visited(&[("main.tf", text)]);
    assert_eq!(seen[0], "t.n.custom_data A Value: b");
    assert_eq!(seen.len(), 3);
}

#[test]
fn provisioners_run_shell_and_cloud_config_is_none() {
    let text = "resource \"t\" \"n\" {\n  command = \"x --token=a\"\n  user_data = \"#cloud-config\\npassword=b\\n\"\n  provisioner \"local-exec\" {\n    command = \"x --token=c\"\n  }\n}\n";
    let seen = visited(&[("main.tf", text)]);
    let named: Vec<&String> = seen.iter().filter(|line| line.contains(" token ") || line.contains(" password ")).collect();
    assert_eq!(named, ["t.n.provisioner.command token Value: c"]);
}

#[test]
fn comments_of_scripts_count() {
    let text = "# caulk: ignore[a] one\nresource \"t\" \"n\" {\n  user_data = <<-EOF\n    # two\n    x # ${var.three}\n  EOF\n  other = \"# four\"\n}\n";
    let sources = sources(&[("main.tf", text)]);
    let parsed = ModuleFiles::all(&sources.0);
    let comments: Vec<&str> = Module::new(&parsed, &sources).comments().iter().map(|place| &text[place.span.range()]).collect();
    assert_eq!(comments, ["# caulk: ignore[a] one", "# two", "# ${var.three}"]);
}

#[test]
fn a_tofu_file_hides_its_twin_but_not_what_is_in_it() {
    let files = [("m/a.tf", "variable \"x\" {\n  default = \"one\"\n}\n"), ("m/a.tofu", "variable \"x\" {\n  default = \"two\"\n}\n")];
    let sources = sources(&files);
    let parsed = ModuleFiles::all(&sources.0);
    let module = Module::new(&parsed, &sources);
    assert_eq!(module.blocks().count(), 1);
    assert_eq!(module.variable("x").unwrap().text("default").unwrap().as_str(), "two");
    assert_eq!(visited(&files).len(), 2);
}

/// The names of the variables, with the arguments that they have after merging.
fn merged(files: &[(&str, &str)]) -> Vec<String> {
    let sources = sources(files);
    let parsed = ModuleFiles::all(&sources.0);
    let module = Module::new(&parsed, &sources);
    let text = |argument: &Argument<'_>| format!("{}={}", argument.name(), argument.source().slice(argument.expr().span()));
    let shown = |block: Block<'_>| {
        let arguments: Vec<String> = block.arguments().map(|argument| text(&argument)).collect();
        let blocks: Vec<String> = block.blocks().map(|inner| format!("{} {}", inner.kind(), inner.label(0))).collect();
        format!("{}({})[{}]", block.address(), arguments.join(","), blocks.join(","))
    };
    module.blocks().map(shown).collect()
}

#[test]
fn override_files_change_the_blocks_they_name_in_the_order_of_their_names() {
    let files = [
        ("b_override.tf", "variable \"a\" {\n  sensitive = false\n}\n"),
        (
            "a_override.tf",
            "variable \"a\" {\n  sensitive = true\n  type = string\n}\nresource \"t\" \"r\" {\n  ebs {}\n}\nvariable \"new\" {}\n",
        ),
        ("main.tf", "variable \"a\" {\n  type = any\n}\nresource \"t\" \"r\" {\n  x = 1\n  ebs {}\n  ebs {}\n  net {}\n}\n"),
    ];
    assert_eq!(merged(&files), ["var.a(sensitive=true,type=string,sensitive=false)[]", "t.r(x=1)[net ,ebs ]", "var.new()[]"]);
    let sources = sources(&files);
    let parsed = ModuleFiles::all(&sources.0);
    assert_eq!(Module::new(&parsed, &sources).variable("a").unwrap().flag("sensitive"), Some(false));
}

#[test]
fn override_files_tell_providers_apart_by_their_alias() {
    let files = [
        ("main.tf", "provider \"p\" {\n  x = 1\n}\nprovider \"p\" {\n  alias = \"b\"\n  x = 2\n}\nlocals {\n  l = \"a\"\n}\n"),
        ("override.tf", "provider \"p\" {\n  alias = \"b\"\n  x = 3\n}\nprovider \"p\" {\n  alias = \"c\"\n}\nlocals {\n  l = \"b\"\n}\n"),
    ];
    let all = merged(&files);
    assert_eq!(&all[..2], ["provider.p(x=1)[]", "provider.p(alias=\"b\",x=3)[]"]);
    assert!(all.contains(&"provider.p(alias=\"c\")[]".to_owned()), "{all:?}");
    let sources = sources(&files);
    let parsed = ModuleFiles::all(&sources.0);
    assert_eq!(Module::new(&parsed, &sources).local("l").unwrap().text().unwrap().as_str(), "b");
}

#[test]
fn many_overrides_stay_cheap() {
    let many = |end: &str| (0..20_000).map(|n| format!("variable \"v{n}\" {{\n  sensitive = {end}\n}}\n")).collect::<String>();
    let (own, over) = (many("false"), many("true"));
    let sources = sources(&[("main.tf", &own), ("override.tf", &over)]);
    let began = std::time::Instant::now();
    let parsed = ModuleFiles::all(&sources.0);
    let module = Module::new(&parsed, &sources);
    assert!(module.blocks_of("variable").all(|variable| variable.flag("sensitive") == Some(true)));
    assert!((0..20_000).all(|n| module.variable(&format!("v{n}")).is_some()));
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

#[test]
fn a_backend_in_an_override_file_is_the_backend() {
    let files = [
        ("override.tf", "terraform {\n  backend \"local\" {}\n}\n"),
        ("main.tf", "terraform {\n  backend \"s3\" {}\n}\ndata \"terraform_remote_state\" \"x\" {\n  backend = \"gcs\"\n}\n"),
    ];
    let sources = sources(&files);
    let parsed = ModuleFiles::all(&sources.0);
    let kinds: Vec<String> = Module::new(&parsed, &sources).backends().map(|backend| backend.kind).collect();
    assert_eq!(kinds, ["gcs", "local"]);
}

#[test]
fn what_is_made_no_times_is_no_part_of_the_module() {
    let text = "resource \"t\" \"a\" {\n  count = 0\n  x = \"y\"\n}\nmodule \"m\" {\n  for_each = {}\n}\ndata \"t\" \"c\" {\n  for_each = toset([])\n}\nresource \"t\" \"b\" {\n  count = 1\n}\n";
    assert_eq!(merged(&[("main.tf", text)]), ["t.b(count=1)[]"]);
    assert!(visited(&[("main.tf", text)]).iter().any(|literal| literal.ends_with(": y")), "what stands there stands there");
}

#[test]
fn tests_are_no_part_of_the_module_but_what_is_in_them_is_read() {
    let files = [("main.tf", "variable \"a\" {}\n"), ("main.tftest.hcl", "variables {\n  a = \"x\"\n}\nprovider \"p\" {}\n")];
    assert_eq!(merged(&files), ["var.a()[]"]);
    assert_eq!(visited(&files).len(), 1);
}

#[test]
fn child_modules_are_found_beside() {
    let files = [("a/main.tf", ""), ("m/x.tf", "output \"o\" {}\n"), ("m/deep/y.tf", ""), ("b.tfbackend", "")];
    let sources = sources(&files);
    let parsed = ModuleFiles::all(&[sources.read("a/main.tf").unwrap()]);
    let module = Module::new(&parsed, &sources);
    assert_eq!(module.child("../m").as_deref(), Some("m"));
    assert_eq!(module.files_of("m").iter().count(), 1);
    assert_eq!((module.child("hashicorp/consul/aws"), module.child("../../x")), (None, None));
    assert_eq!(module.child("../").as_deref(), Some("."));
}

#[test]
fn one_file_is_still_a_part_of_its_module() {
    let files =
        [("m/a.tf", "output \"o\" {\n  value = \"x\"\n}\n"), ("m/b.tf", "variable \"v\" {\n  default = \"y\"\n}\n"), ("m/c/d.tf", "")];
    let sources = sources(&files);
    let parsed = ModuleFiles::with_siblings(&sources.0[..1], &sources);
    let module = Module::new(&parsed, &sources);
    assert!(module.variable("v").is_some());
    assert_eq!((module.sources().len(), parsed.iter().count()), (1, 2));
    let mut seen = 0;
    module.literals(&mut |_| seen += 1);
    assert_eq!(seen, 1);
}

#[test]
fn depth_and_repetition_cost_little() {
    let run = || {
        for (open, inner, close) in [
            ("coalesce(\"a${b}", "\"x\"", "\", \"c${d}\")"),
            ("\"p${coalesce(", "var.x", ", \"y${z}\")}\""),
            ("var.x ? \"a${b}\" : ", "\"x\"", ""),
            ("{ a = [f(", "\"x\"", ")] }"),
            ("join(\"-\", [", "\"x\"", "])"),
            ("-(", "1", ")"),
        ] {
            let text = format!("resource \"t\" \"n\" {{\n  a = {}{inner}{}\n}}\n", open.repeat(45), close.repeat(45));
            assert!(visited(&[("main.tf", &text)]).len() < 2_000, "{open}");
        }
        let many = format!("locals {{\n  a = join(\"\", [{}])\n}}\n", "\"x\",".repeat(100_000));
        assert_eq!(visited(&[("main.tf", &many)]).len(), 1);
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap();
}

proptest! {
    #[test]
    fn every_string_is_visited(pieces in prop::collection::vec(0usize..8, 0..12)) {
        // A nest of constructs with a numbered string in each.
        let mut expression = "\"s0\"".to_owned();
        for (index, piece) in pieces.iter().enumerate() {
            let own = format!("\"s{}\"", index + 1);
            expression = match piece {
                0 => format!("f({own}, {expression})"),
                1 => format!("[{own}, {expression}]"),
                2 => format!("{{ k = {own}, (var.x) = {expression} }}"),
                3 => format!("var.x == {own} ? {expression} : var.y"),
                4 => format!("coalesce({expression}, {own})"),
                5 => format!("join({own}, [var.z, {expression}])"),
                6 => format!("[for v in {expression} : {own} if v != {own}]"),
                _ => format!("\"${{{expression}}}${{m[{own}]}}\""),
            };
        }
        let text = format!("resource \"t\" \"n\" {{\n  a = {expression}\n}}\n");
        let seen = visited(&[("main.tf", &text)]).join("\n");
        for index in 0..=pieces.len() {
            prop_assert!(seen.contains(&format!("s{index}")), "s{} of {}", index, expression);
        }
    }
}
