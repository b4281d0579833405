//! The program as a stranger at the machine meets it: two servers, open files, lost keys, wrong arguments.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

const FIRM: &str = include_str!("../../../tests/data/firm.toml");

fn vyezd(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vyezd"));
    command.args(args).arg("--data").arg(dir.join("data"));
    for name in ["DATABASE_URL", "VYEZD_PUBLIC_URL", "VYEZD_LISTEN", "VYEZD_ADMIN_PASSWORD"] {
        command.env_remove(name);
    }
    command
}

fn said(output: &Output) -> String {
    let text = [output.stdout.clone(), output.stderr.clone()].concat();
    String::from_utf8(text).unwrap()
}

/// Runs to its end; what it reads on the standard input.
fn run(dir: &Path, args: &[&str], input: &str) -> (bool, String) {
    let mut command = vyezd(dir, args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.success(), said(&output))
}

fn founded() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let firm = dir.path().join("firm.toml");
    fs::write(&firm, FIRM).unwrap();
    let (done, words) =
        run(dir.path(), &["init", "--firm", firm.to_str().unwrap()], "пароль для всех\n");
    assert!(done, "{words}");
    dir
}

struct Serving(Child);

impl Serving {
    fn start(dir: &Path) -> Self {
        let mut command = vyezd(dir, &["serve", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("Выезд работает"), "{line}");
        Self(child)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn one_server_a_data_folder() {
    let dir = founded();
    let serving = Serving::start(dir.path());
    let pid = serving.0.id().to_string();
    let copy = dir.path().join("copy");
    let copy = copy.to_str().unwrap();
    for args in [&["serve", "--listen", "127.0.0.1:0"][..], &["rebuild"]] {
        let (done, words) = run(dir.path(), args, "");
        assert!(!done && words.contains(&pid), "{args:?}: {words}");
    }
    let (done, words) = run(dir.path(), &["backup", "--to", copy], "");
    assert!(done, "a copy is made beside the server: {words}");
    let (done, words) = run(dir.path(), &["restore", "--from", copy], "");
    assert!(!done && words.contains(&pid), "{words}");
    drop(serving);
    let (done, words) = run(dir.path(), &["restore", "--from", copy], "");
    assert!(done, "{words}");
}

#[test]
fn files_are_their_owners_alone_and_open_ones_are_closed_aloud() {
    let dir = founded();
    let data = dir.path().join("data");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let secret = [data.join("vyezd.db"), data.join("keys/marks")];
    assert_eq!((mode(&data), mode(&data.join("keys"))), (0o700, 0o700));
    assert_eq!(secret.each_ref().map(|path| mode(path)), [0o600, 0o600]);
    for path in secret.iter().chain([&data]) {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let (_, words) = run(dir.path(), &["rebuild"], "");
    assert!(words.contains("открыт другим пользователям"), "{words}");
    assert_eq!(mode(&data), 0o700);
    assert!(secret.iter().all(|path| mode(path) == mode(path) & 0o700));
    let copy = dir.path().join("copy");
    run(dir.path(), &["backup", "--to", copy.to_str().unwrap()], "");
    assert_eq!((mode(&copy), mode(&copy.join("vyezd.db"))), (0o700, 0o600));
}

#[test]
fn an_encrypted_copy_opens_with_its_key_only() {
    let dir = founded();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    fs::write(at("key"), "5a".repeat(32)).unwrap();
    fs::write(at("other"), "a5".repeat(32)).unwrap();
    let copy = at("copy");
    let open = ["backup", "--to", &copy, "--encrypt-to", &at("key")];
    let mode = |name: &str, mode: u32| {
        fs::set_permissions(at(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    mode("key", 0o644);
    assert!(run(dir.path(), &open, "").1.contains("chmod 600"), "others may read the key");
    mode("key", 0o600);
    mode("other", 0o600);
    fs::create_dir(at("copy")).unwrap();
    mode("copy", 0o777);
    assert!(run(dir.path(), &open, "").1.contains("chmod go-w"), "others may take the copy away");
    mode("copy", 0o755);
    let (done, words) = run(dir.path(), &["backup", "--to", &copy, "--encrypt-to", &at("key")], "");
    assert!(done, "{words}");
    let kept: Vec<u8> = fs::read(dir.path().join("copy/vyezd.db.sealed")).unwrap();
    assert!(!kept.windows(6).any(|bytes| bytes == b"SQLite"));
    assert!(!dir.path().join("copy/vyezd.db").exists());
    for args in
        [&["restore", "--from", &copy][..], &["restore", "--from", &copy, "--key", &at("other")]]
    {
        assert!(!run(dir.path(), args, "").0, "{args:?}");
    }
    let restore = ["restore", "--from", &copy, "--key", &at("key"), "--verify"];
    let (done, words) = run(dir.path(), &restore, "");
    assert!(done && words.contains("Копия цела"), "{words}");
    let (done, words) = run(dir.path(), &restore[..5], "");
    assert!(done, "{words}");
    let left = fs::read_dir(dir.path().join("data")).unwrap().map(|e| e.unwrap().file_name());
    assert!(!left.into_iter().any(|name| name.to_string_lossy().contains("sealed")));
}

#[test]
fn a_lost_key_of_marks_stops_the_start_until_somebody_decides() {
    let dir = founded();
    drop(Serving::start(dir.path()));
    fs::remove_file(dir.path().join("data/keys/marks")).unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let (done, words) = run(dir.path(), &serve, "");
    assert!(!done && words.contains("--new-marks"), "{words}");
    assert!(!dir.path().join("data/keys/marks").exists());
    let mut command = vyezd(dir.path(), &[&serve[..], &["--new-marks"]].concat());
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(line.contains("Выезд работает"), "{line}");
}

#[test]
fn wrong_arguments_are_named_and_help_tells_no_secret() {
    let dir = tempfile::tempdir().unwrap();
    for url in [
        "javascript:alert(1)",
        "https://",
        "vyezd.example",
        "ftp://vyezd.example",
        "https://user:pass@vyezd.example",
        "https://vyezd.example/?a=b",
        "https://vyezd.example/#x",
        "https://vyezd.example/office",
    ] {
        let (done, words) = run(dir.path(), &["serve", "--public-url", url], "");
        assert!(!done && words.contains("--public-url"), "{url}: {words}");
    }
    let (done, words) = run(dir.path(), &["serve", "--listen", "nonsense"], "");
    assert!(!done && words.contains("--listen"), "{words}");
    assert!(!dir.path().join("data").exists(), "nothing was made");
    let secret = "s3cret-of-the-environment";
    for command in ["serve", "init", "backup", "restore", "rebuild", "demo"] {
        let mut help = Command::new(env!("CARGO_BIN_EXE_vyezd"));
        help.args([command, "--help"]);
        for name in [
            "DATABASE_URL",
            "VYEZD_DEMO_DATABASE_URL",
            "VYEZD_S3_KEY",
            "VYEZD_S3_SECRET",
            "VYEZD_ADMIN_PASSWORD",
        ] {
            help.env(name, secret);
        }
        let words = said(&help.output().unwrap());
        assert!(!words.contains(secret), "{command}: {words}");
    }
}

#[test]
fn a_firms_file_is_read_like_a_form() {
    for (from, to, field) in [
        ("address = \"410012", "address = \"\\u0000410012", "entity.address"),
        ("address = \"410012", "address = \"\\u202E410012", "entity.address"),
        ("address = \"410012", "address = \"漢410012", "entity.address"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let firm = dir.path().join("firm.toml");
        let text = FIRM.replace(from, to);
        assert_ne!(text, FIRM);
        fs::write(&firm, text).unwrap();
        let args = ["init", "--firm", firm.to_str().unwrap()];
        let (done, words) = run(dir.path(), &args, "пароль для всех\n");
        assert!(!done && words.contains(field), "{to}: {words}");
    }
}

#[test]
fn an_administrator_is_let_in_again_at_the_machine() {
    let dir = founded();
    let (done, words) = run(dir.path(), &["user", "add", "chief"], "ещё один пароль\n");
    assert!(done, "{words}");
    assert!(
        !run(dir.path(), &["user", "add", "chief"], "ещё один пароль\n").0,
        "the name is taken"
    );
    // A name that nobody can log in with, or that looks like another's, is nobody's.
    let long = "л".repeat(300);
    for odd in
        [long.as_str(), "аdmin", "adm\u{200b}in", "x\u{202e}y", "a\nb", "", "Chief", "ch.ief"]
    {
        let (done, words) = run(dir.path(), &["user", "add", odd], "ещё один пароль\n");
        assert!(!done, "{odd}: {words}");
    }
    for odd in ["", "а\tб", "а\u{202e}б", "漢"] {
        let named = ["user", "add", "fourth", "--name", odd];
        assert!(!run(dir.path(), &named, "ещё один пароль\n").0, "{odd}");
    }
    for weak in ["мал", "vyezd-demo", "qwerty123"] {
        let (done, words) = run(dir.path(), &["user", "password", "chief"], &format!("{weak}\n"));
        assert!(!done && words.contains("пароль не подходит"), "{weak}: {words}");
    }
    assert!(run(dir.path(), &["user", "password", "chief"], "совсем другой\n").0);
    assert!(run(dir.path(), &["user", "enable", "admin"], "").0);
    assert!(!run(dir.path(), &["user", "enable", "nobody"], "").0);
    let (_, list) = run(dir.path(), &["user", "list"], "");
    let chief = list.lines().find(|line| line.starts_with("chief\t")).unwrap();
    assert_eq!(chief, "chief\tадминистратор\tработает\tс паролем\tАдминистратор");
}
