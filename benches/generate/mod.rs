//! Trees of infrastructure code, made from a seed: the same seed gives the same bytes. No value in them is anybody's secret.

use std::fmt::Write as _;

/// A small generator of numbers; good enough to vary text.
pub(crate) struct Numbers(u64);

impl Numbers {
    /// From a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end.max(1)
    }

    /// A word of lower-case letters.
    pub(crate) fn word(&mut self) -> String {
        let length = 3 + self.below(8);
        (0..length).map(|_| char::from(b'a' + u8::try_from(self.below(26)).unwrap_or(0))).collect()
    }

    /// What a generated password looks like.
    pub(crate) fn password(&mut self) -> String {
        const CHARS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
        (0..20).map(|_| char::from(CHARS[usize::try_from(self.below(CHARS.len() as u64)).unwrap_or(0)])).collect()
    }
}

/// A file of a tree.
pub(crate) type File = (String, String);

/// `services` services, each with every kind of file: about 12 files and 30 KB a service.
pub(crate) fn tree(seed: u64, services: usize) -> Vec<File> {
    let mut files = Vec::new();
    for index in 0..services {
        let mut numbers = Numbers::new(seed ^ (index as u64 + 1));
        let name = format!("{}-{index}", numbers.word());
        files.push((format!(".github/workflows/{name}.yml"), workflow(&mut numbers, 6)));
        files.push((format!("{name}/.gitlab-ci.yml"), pipeline(&mut numbers, 8)));
        files.push((format!("{name}/docker-compose.yml"), compose(&mut numbers, 5)));
        files.push((format!("{name}/deploy/{name}.yaml"), manifests(&mut numbers, 4)));
        files.push((format!("{name}/infra/main.tf"), terraform(&mut numbers, 12)));
        files.push((format!("{name}/infra/variables.tf"), variables(&mut numbers, 12)));
        files.push((format!("{name}/infra/prod.tfvars"), tfvars(&mut numbers, 10)));
        files.push((format!("{name}/infra/terraform.tfstate"), state(&mut numbers, 6)));
        files.push((format!("{name}/analysis/report.ipynb"), notebook(&mut numbers, 6)));
        files.push((format!("{name}/README.md"), prose(&mut numbers, 40)));
        files.push((format!("{name}/src/main.py"), prose(&mut numbers, 80)));
        files.push((format!("{name}/package.json"), json(&mut numbers, 60)));
    }
    files
}

/// A workflow with `jobs` jobs.
pub(crate) fn workflow(n: &mut Numbers, jobs: usize) -> String {
    let mut out = "name: Build\non:\n  push:\n    branches: [main]\nenv:\n  REGION: eu-central-1\njobs:\n".to_owned();
    for job in 0..jobs {
        let word = n.word();
        let _ = write!(
            out,
            "  {word}{job}:\n    runs-on: ubuntu-latest\n    env:\n      API_TOKEN: ${{{{ secrets.API_TOKEN }}}}\n      MODE: {word}\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          fetch-depth: 0\n      - name: Build {word}\n        run: |\n          set -euo pipefail\n          make {word} MODE=\"$MODE\"\n          curl -fsS -H \"Authorization: Bearer $API_TOKEN\" https://api.example.net/{word} -o out.json\n          echo \"done {word}\" >> \"$GITHUB_STEP_SUMMARY\"\n      - if: ${{{{ github.ref == 'refs/heads/main' && !cancelled() }}}}\n        run: ./deploy.sh {word}\n"
        );
    }
    out
}

/// A pipeline with `jobs` jobs.
pub(crate) fn pipeline(n: &mut Numbers, jobs: usize) -> String {
    let mut out = "stages: [build, test]\nvariables:\n  IMAGE: registry.example.net/app\n.base:\n  image: alpine\n  before_script:\n    - apk add curl\n".to_owned();
    for job in 0..jobs {
        let word = n.word();
        let _ = write!(
            out,
            "{word}{job}:\n  extends: .base\n  stage: build\n  variables: {{NAME: {word}}}\n  script:\n    - make {word}\n    - curl -H \"PRIVATE-TOKEN: $TOKEN\" \"$CI_API_V4_URL/projects\"\n"
        );
    }
    out
}

/// A compose file with `services` services.
pub(crate) fn compose(n: &mut Numbers, services: usize) -> String {
    let mut out = "services:\n".to_owned();
    for service in 0..services {
        let word = n.word();
        let _ = write!(
            out,
            "  {word}{service}:\n    image: example/{word}:1.{service}\n    environment:\n      MODE: {word}\n      DB_PASSWORD: ${{DB_PASSWORD:?}}\n      DB_HOST: db\n    ports: [\"8{service:03}:80\"]\n    command: [\"serve\", \"--name\", \"{word}\"]\n"
        );
    }
    out
}

/// `count` Deployments, each with a ConfigMap.
pub(crate) fn manifests(n: &mut Numbers, count: usize) -> String {
    let mut out = String::new();
    for _ in 0..count {
        let word = n.word();
        let _ = write!(
            out,
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {word}\n  labels: {{app: {word}}}\nspec:\n  replicas: 3\n  template:\n    spec:\n      containers:\n        - name: {word}\n          image: registry.example.net/{word}:1.2.3\n          env:\n            - name: MODE\n              value: {word}\n            - name: DB_PASSWORD\n              valueFrom: {{secretKeyRef: {{name: db, key: password}}}}\n          resources:\n            limits: {{cpu: 500m, memory: 256Mi}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {word}\ndata:\n  app.properties: |\n    mode={word}\n    level=info\n---\n"
        );
    }
    out
}

/// `count` resources.
pub(crate) fn terraform(n: &mut Numbers, count: usize) -> String {
    let mut out = "terraform {\n  required_version = \">= 1.6\"\n  backend \"s3\" {\n    bucket  = \"state\"\n    key     = \"app\"\n    encrypt = true\n  }\n}\n".to_owned();
    for _ in 0..count {
        let word = n.word();
        let _ = write!(
            out,
            "\nresource \"aws_instance\" \"{word}\" {{\n  ami           = \"ami-0123456789abcdef0\"\n  instance_type = var.size\n  user_data     = <<-EOT\n    #!/bin/sh\n    echo ${{var.name}} {word}\n  EOT\n  tags = merge(local.tags, {{ Name = \"{word}\" }})\n}}\n"
        );
    }
    out
}

/// `count` variables.
pub(crate) fn variables(n: &mut Numbers, count: usize) -> String {
    (0..count)
        .map(|index| {
            format!(
                "variable \"{}{index}\" {{\n  type        = string\n  description = \"{}\"\n  default     = \"{}\"\n}}\n\n",
                n.word(),
                n.word(),
                n.word()
            )
        })
        .collect()
}

/// `count` values.
pub(crate) fn tfvars(n: &mut Numbers, count: usize) -> String {
    (0..count).map(|index| format!("{}{index} = \"{}\"\n", n.word(), n.word())).collect()
}

/// State of `count` resources.
pub(crate) fn state(n: &mut Numbers, count: usize) -> String {
    let mut out = "{\n  \"version\": 4,\n  \"terraform_version\": \"1.12.2\",\n  \"serial\": 1,\n  \"lineage\": \"7b8f1a52-6a7e-4c6c-9c58-2f1c3f0f9b11\",\n  \"outputs\": {},\n  \"resources\": [".to_owned();
    for index in 0..count {
        let (word, comma) = (n.word(), if index == 0 { "" } else { "," });
        let _ = write!(
            out,
            "{comma}\n    {{\n      \"mode\": \"managed\",\n      \"type\": \"aws_instance\",\n      \"name\": \"{word}\",\n      \"provider\": \"provider[\\\"registry.terraform.io/hashicorp/aws\\\"]\",\n      \"instances\": [\n        {{\n          \"schema_version\": 1,\n          \"attributes\": {{\n            \"ami\": \"ami-{index:017x}\",\n            \"arn\": \"arn:aws:ec2:eu-west-1:123456789012:instance/i-{index:017x}\",\n            \"policy\": \"{{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[]}}\",\n            \"cpu_core_count\": 2,\n            \"ebs_optimized\": false,\n            \"tags\": {{\n              \"Name\": \"{word}\"\n            }},\n            \"user_data\": null\n          }},\n          \"sensitive_attributes\": []\n        }}\n      ]\n    }}"
        );
    }
    out + "\n  ]\n}\n"
}

/// A notebook with `cells` cells, every third with an image.
pub(crate) fn notebook(n: &mut Numbers, cells: usize) -> String {
    let mut out = "{\n \"nbformat\": 4,\n \"nbformat_minor\": 5,\n \"metadata\": {\"kernelspec\": {\"name\": \"python3\"}},\n \"cells\": ["
        .to_owned();
    for index in 0..cells {
        let (word, comma) = (n.word(), if index == 0 { "" } else { "," });
        let image = if index % 3 == 0 { "iVBORw0KGgoAAAANSUhEUgAA".repeat(200) } else { String::new() };
        let _ = write!(
            out,
            "{comma}\n  {{\"id\": \"c{index}\", \"cell_type\": \"code\", \"execution_count\": {index}, \"metadata\": {{}},\n   \"source\": [\"import pandas as pd\\n\", \"{word} = pd.read_csv('{word}.csv')\\n\", \"{word}.head()\"],\n   \"outputs\": [{{\"output_type\": \"display_data\", \"metadata\": {{}}, \"data\": {{\"text/plain\": [\"{word} 1 2 3\\n\"], \"image/png\": \"{image}\"}}}}]}}"
        );
    }
    out + "\n ]\n}\n"
}

/// Lines of words.
pub(crate) fn prose(n: &mut Numbers, lines: usize) -> String {
    (0..lines).map(|_| (0..8).map(|_| n.word()).collect::<Vec<_>>().join(" ") + "\n").collect()
}

/// A JSON object of no known kind.
pub(crate) fn json(n: &mut Numbers, entries: usize) -> String {
    let list: Vec<String> = (0..entries).map(|index| format!("  \"{}{index}\": \"{}\"", n.word(), n.word())).collect();
    format!("{{\n{}\n}}\n", list.join(",\n"))
}

/// A file of one format with `count` secrets in it: for the cost of findings.
pub(crate) fn leaky(format: &str, count: usize) -> File {
    let mut n = Numbers::new(7);
    match format {
        "github-actions" => {
            let lines: String = (0..count).map(|index| format!("  DB_PASSWORD_{index}: {}\n", n.password())).collect();
            (".github/workflows/a.yml".to_owned(), format!("on: push\njobs: {{}}\nenv:\n{lines}"))
        }
        "kubernetes" => {
            let lines: String = (0..count).map(|index| format!("  password-{index}: {}\n", n.password())).collect();
            ("secret.yaml".to_owned(), format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: x}}\nstringData:\n{lines}"))
        }
        "terraform" => {
            let lines: String = (0..count).map(|index| format!("  db_password_{index} = \"{}\"\n", n.password())).collect();
            ("main.tf".to_owned(), format!("locals {{\n{lines}}}\n"))
        }
        "tfstate" => {
            let list: Vec<String> = (0..count).map(|index| format!("\"password_{index}\": \"{}\"", n.password())).collect();
            let attributes = list.join(", ");
            let resource = format!(
                "{{\"mode\": \"managed\", \"type\": \"x\", \"name\": \"y\", \"instances\": [{{\"attributes\": {{{attributes}}}}}]}}"
            );
            (
                "terraform.tfstate".to_owned(),
                format!("{{\"version\": 4, \"terraform_version\": \"1\", \"lineage\": \"\", \"resources\": [{resource}]}}"),
            )
        }
        _ => {
            let lines: String = (0..count).map(|index| format!("DB_PASSWORD_{index}={}\n", n.password())).collect();
            ("a.env".to_owned(), lines)
        }
    }
}

/// A workflow with one step, whose script has this many lines.
pub(crate) fn one_step(lines: usize) -> String {
    let mut text = String::from(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - env:\n          TOKEN: ${{ secrets.TOKEN }}\n        run: |\n",
    );
    for line in 0..lines / 4 {
        let _ = write!(
            text,
            "          PART_{line}=$(echo \"$TOKEN\" | cut -c1-{line})\n          echo \"VALUE_{line}=$PART_{line}\" >> app.env\n          if [ -n \"$PART_{line}\" ]; then echo \"step {line}\"; fi\n          curl -H \"Authorization: Bearer $TOKEN\" https://api.example.com/{line}\n"
        );
    }
    text
}

/// A workflow with one job of this many steps.
pub(crate) fn one_job(steps: usize) -> String {
    let mut text =
        String::from("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    env:\n      TOKEN: ${{ secrets.TOKEN }}\n    steps:\n");
    for step in 0..steps {
        let _ = write!(
            text,
            "      - id: s{step}\n        env:\n          KEY: ${{{{ secrets.KEY_{step} }}}}\n        run: |\n          echo \"V{step}=$TOKEN\" >> \"$GITHUB_ENV\"\n          echo \"out=$KEY\" >> \"$GITHUB_OUTPUT\"\n          ./deploy \"$KEY\" > out{step}.txt\n      - uses: actions/upload-artifact@v4\n        with:\n          name: a{step}\n          path: out{step}.txt\n"
        );
    }
    text
}

/// A pipeline of jobs, each of which needs what the one before left.
pub(crate) fn chain(jobs: usize) -> String {
    let mut text = String::new();
    for job in 0..jobs {
        let before = job.saturating_sub(1);
        let _ = write!(
            text,
            "job-{job}:\n  needs: [job-{before}]\n  script:\n    - echo \"KEY_{job}=$(echo \"$API_TOKEN\" | cut -c1-4)\" >> {job}.env\n    - ./use --key \"$KEY_{before}\" --file {before}.env\n  artifacts:\n    paths: [{job}.env]\n    reports:\n      dotenv: {job}.env\n"
        );
    }
    text
}

/// A pipeline with a stage for every job, and no needs.
pub(crate) fn stages(jobs: usize) -> String {
    let names: Vec<String> = (0..jobs).map(|job| format!("s{job}")).collect();
    let text = chain(jobs).lines().filter(|line| !line.starts_with("  needs:")).fold(String::new(), |text, line| text + line + "\n");
    let text = (0..jobs).fold(text, |text, job| text.replacen(&format!("job-{job}:\n"), &format!("job-{job}:\n  stage: s{job}\n"), 1));
    format!("stages: [{}]\n{text}", names.join(", "))
}
