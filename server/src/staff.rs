//! `vyezd user`: a person with access to the machine itself can always let an administrator in
//! again.

use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::Path;

use anyhow::{Context, anyhow, bail, ensure};
use vyezd_core::model::PersonId;
use vyezd_core::texts;

use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::hash_password;
use crate::limits::office::NAME_CHARS_MAX;
use crate::login_name;
use crate::passwords;
use crate::store::{PersonRow, Role};

/// A password from a file, or from the standard input: a command line is seen by every user of the
/// machine and stays in the shell's history.
pub fn read_password(file: Option<&Path>) -> anyhow::Result<String> {
    let text = if let Some(file) = file {
        std::fs::read_to_string(file)
            .with_context(|| format!("файл с паролем {} не читается", file.display()))?
    } else {
        let mut stdin = std::io::stdin();
        if stdin.is_terminal() {
            eprint!("Пароль (виден на экране): ");
            std::io::stderr().flush()?;
            let mut line = String::new();
            stdin.read_line(&mut line)?;
            line
        } else {
            let mut all = String::new();
            stdin.read_to_string(&mut all)?;
            all
        }
    };
    let password = text.trim_end_matches(['\r', '\n']).to_owned();
    ensure!(!password.contains('\n'), "в пароле больше одной строки");
    Ok(password)
}

/// Refuses weak passwords, those that guessers try first.
pub fn accept_password(password: &str, login: &str) -> anyhow::Result<()> {
    passwords::accept(password, login)
        .map_err(|problem| anyhow!("пароль не подходит: {}", problem.words()))
}

/// Checks a text of a command line or of a file before the text is kept and printed: one line,
/// visible signs, `most` characters at most.
pub fn printed(text: &str, most: usize) -> anyhow::Result<String> {
    let line = texts::one_line(text);
    ensure!(line == text.trim(), "управляющие и невидимые знаки не принимаются");
    ensure!(!line.is_empty(), "нужно заполнить");
    ensure!(line.chars().count() <= most, "длиннее {most} знаков");
    if let Some(sign) = texts::unprintable(&line) {
        bail!("знак «{sign}» на документах не напечатать");
    }
    Ok(line)
}

/// Everybody, a line each: who may log in, and how.
pub async fn list(app: &App) -> anyhow::Result<String> {
    let mut text = String::new();
    let mut tx = app.store.read().await?;
    let totp = tx.people_with_totp().await?;
    for person in tx.people().await? {
        let active = if person.active { "работает" } else { "отключён" };
        let password = match person.password_hash {
            Some(_) if totp.contains(&person.id) => "с паролем и кодом из приложения",
            Some(_) => "с паролем",
            None => "без пароля",
        };
        let (login, role, name) = (&person.login, person.role.russian(), &person.name);
        text.push_str(&format!("{login}\t{role}\t{active}\t{password}\t{name}\n"));
    }
    Ok(text)
}

pub async fn add(app: &App, login: &str, name: &str, password: &str) -> anyhow::Result<()> {
    accept_password(password, login)?;
    let login = login_name::accept(login);
    let login = &*login.map_err(|problem| anyhow!("имя входа не подходит: {}", problem.words()))?;
    let name = printed(name, NAME_CHARS_MAX).context("ФИО")?;
    let row = PersonRow {
        id: app.id(PersonId::new),
        login: login.to_owned(),
        name: name.clone(),
        role: Role::Admin,
        password_hash: Some(hash_password(password)?),
        phone: None,
        attested_until: None,
        active: true,
        districts: Vec::new(),
    };
    let mut tx = app.store.begin().await?;
    tx.raise_reference_version().await?;
    let people = tx.people().await?;
    let alike = login_name::alike(login, people.iter().map(|person| person.login.as_str()));
    if let Some(other) = alike {
        bail!("имя входа «{login}» занято: есть «{other}»");
    }
    tx.put_person(&row).await?;
    let about = (&*row.id.to_string(), &*name);
    audit::note(app, &mut tx, &Actor::machine(), "person.created", about).await?;
    tx.commit().await?;
    Ok(())
}

pub async fn password(app: &App, login: &str, password: &str) -> anyhow::Result<()> {
    accept_password(password, login)?;
    let hash = hash_password(password)?;
    change(app, login, "person.password", |row| row.password_hash = Some(hash)).await
}

/// Lets somebody who was switched off in again.
pub async fn enable(app: &App, login: &str) -> anyhow::Result<()> {
    change(app, login, "person.switched_on", |row| row.active = true).await
}

/// Log-ins of somebody whose phone is lost need no code of an authenticator app any more.
pub async fn totp_off(app: &App, login: &str) -> anyhow::Result<()> {
    let mut tx = app.store.begin().await?;
    let row = tx.person_by_login(login).await?;
    let row = row.with_context(|| format!("сотрудника с именем входа «{login}» нет"))?;
    ensure!(tx.drop_totp(row.id).await?, "у «{login}» код из приложения не включён");
    tx.end_sessions(row.id, app.now().0).await?;
    let about = (&*row.id.to_string(), row.name.as_str());
    audit::note(app, &mut tx, &Actor::machine(), "person.totp_off", about).await?;
    tx.commit().await?;
    Ok(())
}

async fn change(
    app: &App,
    login: &str,
    kind: &'static str,
    change: impl FnOnce(&mut PersonRow),
) -> anyhow::Result<()> {
    let mut tx = app.store.begin().await?;
    tx.raise_reference_version().await?;
    let row = tx.person_by_login(login).await?;
    let mut row = row.with_context(|| format!("сотрудника с именем входа «{login}» нет"))?;
    change(&mut row);
    tx.put_person(&row).await?;
    // Somebody with the old password may have an open session.
    tx.end_sessions(row.id, app.now().0).await?;
    let about = (&*row.id.to_string(), row.name.as_str());
    audit::note(app, &mut tx, &Actor::machine(), kind, about).await?;
    tx.commit().await?;
    Ok(())
}
