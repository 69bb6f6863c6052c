//! Other languages than that of POSIX shells.

use super::*;

#[test]
fn windows_shells() {
    let powershell = |script: &str| leaks_of(Language::Shell(Dialect::PowerShell), &[script]).join("; ");
    each(
        &[
            ("Write-Host \"t: $env:TOKEN\"", "TOKEN at $env:TOKEN"),
            ("Write-Output $env:token", "TOKEN at $env:token"),
            ("echo ${{ X }}", "X at ${{ X }}"),
            ("$x = $env:TOKEN\nWrite-Host $x", "TOKEN at $x"),
            ("\"$env:TOKEN\"", "TOKEN at $env:TOKEN"),
            ("Write-Host $env:TOKEN.Substring(0, 4)", "TOKEN by the shell at $env:TOKEN"),
            ("Write-Host ($env:TOKEN)", "TOKEN at $env:TOKEN"),
            ("$x = $env:TOKEN | ConvertFrom-Json", ""),
            ("\"X=$env:TOKEN\" >> $env:GITHUB_ENV", ""),
            ("$env:TOKEN | docker login --password-stdin", ""),
            ("echo \"a=$env:TOKEN\" | Out-File -FilePath $env:GITHUB_ENV -Append", ""),
            ("if ($env:TOKEN) { Write-Host 'set' }", ""),
            ("$x = if ($a) { $env:TOKEN } else { \"$env:KEY\" }", ""),
            ("$x = @(\n  '--token'\n  \"$env:TOKEN\"\n)", ""),
            ("Invoke-RestMethod -Headers @{ Authorization = \"Bearer $env:TOKEN\" } -Uri $u", ""),
            ("$p = ConvertTo-SecureString $env:TOKEN -AsPlainText -Force", ""),
            ("Write-Output \"::add-mask::$env:TOKEN\"; Write-Host $env:TOKEN", ""),
            ("Write-Host \"$($env:TOKEN.Length) $([bool]$env:TOKEN) $($env:TOKEN -ne '')\"", ""),
            ("Write-Host $env:TOKEN.Length", ""),
            ("\"$env:TOKEN\" | Write-Host", "TOKEN at $env:TOKEN"),
            ("Get-ChildItem env:TOKEN", "TOKEN at Get-ChildItem env:TOKEN"),
            ("dir env: | % { Write-Host \"$($_.Name)=$($_.Value)\" }", "Dump: KEY at $_"),
            ("dir env: | % { Write-Host $_.Name }", ""),
            ("[Console]::WriteLine($env:TOKEN)", "TOKEN at $env:TOKEN"),
            ("[System.Console]::Error.Write(\"t: $env:TOKEN\")", "TOKEN at $env:TOKEN"),
            ("[Environment]::GetEnvironmentVariable('TOKEN')", "TOKEN at [Environment]::GetEnvironmentVariable('TOKEN')"),
            ("$t = [System.Environment]::GetEnvironmentVariable(\"TOKEN\", 'User')\nWrite-Host $t", "TOKEN at $t"),
            ("(Get-Item env:TOKEN).Value", "TOKEN at Get-Item env:TOKEN"),
            ("$env:TOKEN.Substring(0, 4)", "TOKEN by the shell at $env:TOKEN"),
            ("$env:TOKEN[0..3]", "TOKEN by the shell at $env:TOKEN"),
            ("[Console]::WriteLine($env:TOKEN.Length)", ""),
            ("[Environment]::SetEnvironmentVariable('X', $env:TOKEN)", ""),
            ("$null = [Environment]::GetEnvironmentVariable('TOKEN')", ""),
            ("[string]::IsNullOrEmpty($env:TOKEN)", ""),
            ("(Get-Item env:TOKEN).Value | docker login --password-stdin", ""),
            ("Write-Host \"$($env:TOKEN.Trim())\"", "TOKEN by the shell at $env:TOKEN"),
            ("$env:TOKEN.ToCharArray() -join ' '", "TOKEN by the shell at $env:TOKEN"),
            ("Get-ChildItem Env:TOK*", "Dump: TOKEN at Get-ChildItem Env:TOK*"),
            ("Get-ChildItem Env:GITHUB_*", ""),
            ("[Environment]::GetEnvironmentVariables()", "Dump: KEY at [Environment]::GetEnvironmentVariables()"),
        ],
        powershell,
    );
    let cmd = |script: &str| leaks_of(Language::Shell(Dialect::Cmd), &[script]).join("; ");
    assert_eq!(cmd("@echo off\necho %TOKEN%\nset X=%KEY%\necho %x%>f\necho %x%"), "TOKEN at %TOKEN%; KEY at %x%");
}

#[test]
fn python_and_javascript() {
    let python = |script: &str| leaks_of(Language::Python, &[script]).join("; ");
    each(
        &[
            ("import os\nprint(os.environ[\"TOKEN\"])", "TOKEN at os.environ[\"TOKEN\"]"),
            ("t = os.getenv('TOKEN')\nprint(f'a {t}')", "TOKEN at t"),
            ("print('a ${{ X }}')", "X at ${{ X }}"),
            ("print(os.environ['TOKEN'][:4])", "TOKEN by a slice at os.environ['TOKEN']"),
            ("print(len(os.environ['TOKEN']))", ""),
            ("print('TOKEN' in os.environ)", ""),
            ("for k, v in os.environ.items():\n    print(k, v)", "Dump: KEY at v"),
            ("for k, v in os.environ.items():\n    print(k)", ""),
            ("requests.get(u, headers={'a': os.environ['TOKEN']})", ""),
            ("print(os.environ['TOKEN'], file=f)", ""),
            ("# print(os.environ['TOKEN'])", ""),
            ("t = os.environ['TOKEN']\nprint('set' if t else 'unset')", ""),
            ("t = os.environ['TOKEN']\nprint(t if t else 'unset')", "TOKEN at t"),
            ("t = os.environ['TOKEN']\nprint('a' in t, t is None, not t)", ""),
            ("d = json.loads(os.environ['TOKEN'])\nprint(d['password'], d['user'])", "TOKEN by json.loads at d"),
            ("p = urlparse(os.environ['TOKEN'])\nprint(p.password)\nprint(p.hostname)\nprint(p.port)", "TOKEN by urlparse at p"),
            ("d = json.loads(os.environ['TOKEN'])\nprint(f\"::add-mask::{d['a']}\")\nprint(d['a'])", ""),
            ("log = logging.getLogger('x')\nlog.warning('%s', os.environ['TOKEN'])", "TOKEN at os.environ['TOKEN']"),
            ("sys.exit('bad: ' + os.environ['TOKEN'])", "TOKEN at os.environ['TOKEN']"),
            ("print('\\n'.join(f'{k}={v}' for k, v in os.environ.items()))", "Dump: KEY at v"),
            ("os.system('echo $TOKEN')", "TOKEN at $TOKEN"),
            ("subprocess.run(['env'])", "Dump: KEY at env"),
            ("subprocess.run(['env'], capture_output=True)", ""),
            ("print(sorted(os.environ), list(os.environ))", ""),
            ("print(sorted(os.environ.items()))", "Dump: KEY at os.environ.items"),
            ("subprocess.run(['deploy', '--token', os.environ['TOKEN']])", ""),
            ("t = hashlib.sha256(os.environ['TOKEN'].encode()).hexdigest()\nprint(t)", ""),
            ("print('ä日本', os.environ['TOKEN'])\r\n", "TOKEN at os.environ['TOKEN']"),
            ("x = os.environ['TOKEN'", ""),
            ("", ""),
        ],
        python,
    );
    let javascript = |script: &str| leaks_of(Language::JavaScript, &[script]).join("; ");
    each(
        &[
            ("console.log(process.env.TOKEN)", "TOKEN at process.env.TOKEN"),
            ("const t = process.env.TOKEN;\ncore.info(`t: ${t}`);", "TOKEN at t"),
            ("core.info('${{ X }}')", "X at ${{ X }}"),
            ("const t = 'a ${{ X }}'\nconsole.log(t)", "X at t"),
            ("console.log(process.env.TOKEN.slice(0, 4))", "TOKEN by slice at process.env.TOKEN"),
            ("console.log(process.env.TOKEN ? 'set' : 'unset')", ""),
            ("console.log(!!process.env.TOKEN, process.env.TOKEN.length)", ""),
            ("core.setSecret(process.env.TOKEN)", ""),
            ("const p = process.env.TOKEN.slice(0, 4)\ncore.setSecret(p)\nconsole.log(p)", ""),
            ("const { TOKEN, KEY: k } = process.env\nconsole.log(k)", "KEY at k"),
            ("for (const [name, value] of Object.entries(process.env)) console.log(name, value)", "Dump: KEY at value"),
            ("github.rest.issues.createComment({ body: `x ${process.env.TOKEN}` })", "Comment: TOKEN at process.env.TOKEN"),
            ("core.summary.addRaw(process.env.TOKEN)", "Summary: TOKEN at process.env.TOKEN"),
            ("core.setOutput('t', process.env.TOKEN)", ""),
            ("// console.log(process.env.TOKEN)\n/* console.log(process.env.TOKEN) */", ""),
            ("console.log(text.replace(process.env.TOKEN, '***'))", ""),
            ("console.log(process.env.TOKEN.trim())", "TOKEN at process.env.TOKEN"),
            ("await github.request('x', { token: process.env.TOKEN })", ""),
            ("const c = JSON.parse(process.env.TOKEN);\ncore.info(`${c.password} ${c.user}`)", "TOKEN by JSON.parse at c"),
            (
                "const { password, host } = JSON.parse(process.env.TOKEN);\nconsole.log(host)\nconsole.log(password)",
                "TOKEN by JSON.parse at password",
            ),
            ("const c = JSON.parse(process.env.TOKEN);\ncore.setSecret(c.a);\ncore.info(c.a);", ""),
            ("const c = JSON.parse(process.env.TOKEN);\ncore.info(c.b);\ncore.setSecret(c.a);", "TOKEN by JSON.parse at c"),
            ("if (a) {\n  const t = process.env.TOKEN\n  console.log(t)\n}", "TOKEN at t"),
            ("Object.keys(process.env).forEach(k => console.log(k, process.env[k]))", "Dump: KEY at process.env"),
            ("Object.entries(process.env).forEach(([k, v]) => console.log(k, v))", "Dump: KEY at v"),
            ("Object.keys(process.env).forEach(k => console.log(k))", ""),
            ("execSync('echo $TOKEN', { stdio: 'inherit' })", "TOKEN at $TOKEN"),
            ("execSync('echo $TOKEN')", ""),
            ("const r = await exec.exec('env')", "Dump: KEY at env"),
            ("const ok = process.env.TOKEN === 'x'\nconsole.log(ok)", ""),
        ],
        javascript,
    );
}
