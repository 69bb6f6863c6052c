//! How fast Terraform's language is read: many short attributes, and a few long heredocs.

use std::hint::black_box;

use caulk::syntax::hcl::File;
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

const SIZE: usize = 4 << 20;

fn resources() -> String {
    let mut text = String::new();
    let mut index = 0;
    while text.len() < SIZE {
        text.push_str(&format!(
            "# number {index}\nresource \"aws_instance\" \"web_{index}\" {{\n  ami           = data.aws_ami.ubuntu.id\n  instance_type = var.type == \"\" ? \"t3.micro\" : var.type\n  subnet_id     = element(module.vpc.private_subnets, {index})\n\n  tags = merge(local.tags, {{\n    Name = \"web-${{var.env}}-{index}\"\n    Kind = join(\"-\", [\"a\", \"b\", var.kind])\n  }})\n\n  root_block_device {{\n    encrypted   = true\n    volume_size = 20\n  }}\n}}\n\n"
        ));
        index += 1;
    }
    text
}

fn heredocs() -> String {
    let line = "    echo \"this is a line of a script that installs something\" >> /var/log/setup.log\n".repeat(400);
    let mut text = String::new();
    let mut index = 0;
    while text.len() < SIZE {
        text.push_str(&format!("locals {{\n  script_{index} = <<-EOF\n{line}    ${{var.x}}\n  EOF\n}}\n"));
        index += 1;
    }
    text
}

#[divan::bench(args = ["resources", "heredocs"])]
fn tree(bencher: Bencher<'_, '_>, kind: &str) {
    let text = if kind == "resources" { resources() } else { heredocs() };
    bencher.counter(BytesCount::new(text.len())).bench(|| File::parse(black_box(&text)));
}

#[divan::bench(args = ["resources", "heredocs"])]
fn tree_and_strings(bencher: Bencher<'_, '_>, kind: &str) {
    let text = if kind == "resources" { resources() } else { heredocs() };
    bencher.counter(BytesCount::new(text.len())).bench(|| {
        let file = File::parse(black_box(&text));
        let body = file.body(&text);
        let inner = body.blocks().flat_map(|block| block.body().attributes());
        inner.flat_map(|attribute| attribute.expr().descendants()).filter_map(|expr| expr.literal()).map(|text| text.len()).sum::<usize>()
    });
}
