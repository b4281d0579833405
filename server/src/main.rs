//! `vyezd`: the server, the demonstration, the first steps of a new firm.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser as _;
use tracing_subscriber::EnvFilter;
use vyezd_core::model::PersonId;
use vyezd_server::app::App;
use vyezd_server::audit::{self, Actor};
use vyezd_server::auth::hash_password;
use vyezd_server::clock::Clock;
use vyezd_server::import::{TableError, types};
use vyezd_server::limits::edge::CONNECTIONS_MAX;
use vyezd_server::sealed::CopyKey;
use vyezd_server::store::{PersonRow, Role};
use vyezd_server::{backup, demo, folder, http, live, rebuild, serve, staff, timers};

use crate::args::{
    Args, Backup, Command, Demo, Init, NewUser, Restore, Serve, UserWhat, Where, WithPassword,
};

mod args;

#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let args = Args::parse();
    if matches!(args.command, Command::GateWorker) {
        // Before any runtime: a worker has one thread and little memory.
        return match vyezd_server::gate::serve_worker() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(run(args)),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> ExitCode {
    folder::keep_to_oneself();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| {
        EnvFilter::new(match args.command {
            Command::Serve(_) => "info",
            _ => "warn",
        })
    });
    // A journal or a file would keep the colours as escape codes.
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colours)
        .with_writer(std::io::stderr)
        .init();
    let done = match args.command {
        Command::Serve(serve) => run_server(serve).await,
        Command::Demo(files) => run_demo(files).await,
        Command::Init(init) => init_firm(init).await,
        Command::User(user) => manage(user.what).await,
        Command::Backup(args) => take_backup(args).await,
        Command::Restore(args) => restore(args).await,
        Command::Rebuild(at) => rebuild_rows(at).await,
        Command::GateWorker => Ok(()),
        Command::Openapi => {
            println!("{}", http::openapi());
            Ok(())
        }
        Command::Limits => {
            print!("{}", vyezd_server::limits::table());
            Ok(())
        }
        Command::Errors => {
            print!("{}", vyezd_server::code::table());
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.downcast_ref::<TableError>().is_some() => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run_server(serve: Serve) -> anyhow::Result<()> {
    let _held = hold(&serve.at.data)?;
    let listener = tokio::net::TcpListener::bind(&serve.listen)
        .await
        .with_context(|| format!("--listen {}: адрес занят или чужой", serve.listen))?;
    let address = listener.local_addr()?;
    let public = serve.public_url.unwrap_or_else(|| format!("http://{address}"));
    let phones = serve.at.data.join("example-phones");
    let mut config = serve.at.config(&public);
    config.push_hosts = serve.push_hosts;
    config.new_marks = serve.new_marks;
    config.patience.trusted_proxies = serve.trust_proxy;
    config.patience.connections = connections();
    let patience = config.patience.clone();
    config.gate = Some(std::env::current_exe().context("своя программа не находится")?);
    let app = App::open(config, Clock::system()).await?;
    app.blobs.check().await?;
    tokio::spawn(timers::run(app.clone()));
    tokio::spawn(live::join_replicas(app.clone()));
    let router = http::router(app.clone());
    if serve.example {
        std::fs::create_dir_all(&phones)?;
        demo::start_live(&app, address, phones).await?;
        println!("Учебный день загружен. Офис: {public}/  вход admin, пароль {}", demo::PASSWORD);
        println!(
            "Телефон метролога: {public}/field/  код — в офисе, «Люди» → «Гостев» → «Код для телефона»"
        );
    }
    println!("Выезд работает: {public}/  ({})", app.store.kind());
    let stop = async move {
        stopped().await;
        app.live.stop();
    };
    serve::serve(listener, router, patience, stop).await;
    Ok(())
}

/// Takes the data folder, and says aloud what of it others could read.
fn hold(data: &std::path::Path) -> anyhow::Result<folder::Held> {
    let held = folder::hold(data)?;
    for path in folder::tighten(data)? {
        eprintln!("{} был открыт другим пользователям машины: закрыт", path.display());
    }
    Ok(held)
}

/// Connections that the system has files for; some are kept for the database, papers and photos.
fn connections() -> usize {
    let files = rlimit::increase_nofile_limit(2 * CONNECTIONS_MAX as u64).unwrap_or(1024) as usize;
    files.saturating_sub(FILES_KEPT).clamp(64, CONNECTIONS_MAX)
}

/// Files that are not connections.
const FILES_KEPT: usize = 200;

async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    else {
        return;
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}

async fn run_demo(args: Demo) -> anyhow::Result<()> {
    let read = |path: &PathBuf| {
        std::fs::read(path).with_context(|| format!("файл {} не читается", path.display()))
    };
    let types = match &args.types {
        Some(path) => read(path)?,
        None => types::BUILT_IN.as_bytes().to_vec(),
    };
    let firm = match &args.firm {
        Some(path) => Some(String::from_utf8(read(path)?).context("файл организации — не UTF-8")?),
        None => None,
    };
    demo::run(demo::Files {
        orders: read(&args.orders)?,
        readings: read(&args.readings)?,
        types,
        firm,
        out: args.out,
        database_url: args.database_url,
    })
    .await
}

async fn take_backup(args: Backup) -> anyhow::Result<()> {
    let mut config = args.at.config("http://localhost");
    config.serving = false;
    let app = App::open(config, Clock::system()).await?;
    // Two copies in one folder would be none.
    let there = args.to.join("vyezd.db").exists() || backup::is_sealed(&args.to);
    anyhow::ensure!(!there, "в этой папке уже есть копия");
    let key = args.encrypt_to.as_deref().map(CopyKey::read).transpose()?;
    let seq = backup::backup(&app, &args.to, key.as_ref()).await?;
    let about = (&*args.to.display().to_string(), if key.is_some() { "зашифрована" } else { "" });
    audit::note_alone(&app, &Actor::machine(), "backup.made", about).await?;
    println!("Копия до записи {seq}: {}. Ключ отметок храните отдельно от неё.", args.to.display());
    Ok(())
}

async fn restore(args: Restore) -> anyhow::Result<()> {
    // A copy is looked at beside the server; put back only where none works.
    let _held = if args.verify { None } else { Some(hold(&args.at.data)?) };
    if !backup::is_sealed(&args.from) {
        let from = args.from.clone();
        return restore_plain(args, &from).await;
    }
    let key = args.key.as_deref().context("копия зашифрована: нужен --key")?;
    let key = CopyKey::read(key)?;
    let plain = args.at.data.join(format!("unsealed-{}", std::process::id()));
    std::fs::create_dir_all(&plain).context("папка с данными не создаётся")?;
    let done = match backup::unseal(&args.from, &key, &plain) {
        Ok(()) => restore_plain(args, &plain).await,
        Err(error) => Err(error),
    };
    std::fs::remove_dir_all(&plain)?;
    done
}

async fn restore_plain(args: Restore, from: &std::path::Path) -> anyhow::Result<()> {
    let documents = backup::verify(from).await?;
    println!("Копия цела: документов {documents}.");
    if args.verify {
        return Ok(());
    }
    let data = args.at.data.clone();
    let mut config = args.at.config("http://localhost");
    config.new_marks = args.new_marks;
    anyhow::ensure!(
        config.new_marks || config.attestation_key().exists(),
        "нет ключа отметок {}: положите его на место (он хранится отдельно от копий) или начните с \
         новым: --new-marks",
        config.attestation_key().display()
    );
    backup::move_into_place(from, &data, Clock::system().now().0)?;
    config.serving = false;
    let app = App::open(config, Clock::system()).await?;
    backup::begin_recovery(&app, "vyezd restore").await?;
    println!(
        "Копия на месте. Документы вернутся с телефонов; номера и пакеты ждут подтверждения \
         администратора."
    );
    Ok(())
}

async fn rebuild_rows(at: Where) -> anyhow::Result<()> {
    let _held = hold(&at.data)?;
    let mut config = at.config("http://localhost");
    config.serving = false;
    let app = App::open(config, Clock::system()).await?;
    let done = rebuild::rebuild(&app).await?;
    println!(
        "Документов {}: исправлено индексов {}, поверок {}, отпечатков {}.",
        done.documents, done.heads, done.verifications, done.digests
    );
    for order in &done.unreadable {
        println!("Документ заявки {order} не читается: восстановите его из резервной копии.");
    }
    anyhow::ensure!(done.unreadable.is_empty(), "не все документы читаются");
    Ok(())
}

/// Beside the server or without it: its next look at the person sees the change.
async fn manage(what: UserWhat) -> anyhow::Result<()> {
    let open = async |at: Where| {
        let mut config = at.config("http://localhost");
        config.serving = false;
        App::open(config, Clock::system()).await
    };
    match what {
        UserWhat::List(at) => print!("{}", staff::list(&open(at).await?).await?),
        UserWhat::Add(NewUser { with: WithPassword { who, password_file }, name }) => {
            let password = staff::read_password(password_file.as_deref())?;
            staff::add(&open(who.at).await?, &who.login, &name, &password).await?;
            println!("Администратор «{}» заведён.", who.login);
        }
        UserWhat::Password(WithPassword { who, password_file }) => {
            let password = staff::read_password(password_file.as_deref())?;
            staff::password(&open(who.at).await?, &who.login, &password).await?;
            println!("Пароль «{}» изменён.", who.login);
        }
        UserWhat::Enable(who) => {
            staff::enable(&open(who.at).await?, &who.login).await?;
            println!("«{}» снова работает.", who.login);
        }
        UserWhat::TotpOff(who) => {
            staff::totp_off(&open(who.at).await?, &who.login).await?;
            println!("«{}» входит без кода из приложения.", who.login);
        }
    }
    Ok(())
}

async fn init_firm(init: Init) -> anyhow::Result<()> {
    let _held = hold(&init.at.data)?;
    let password = match init.password {
        Some(password) => password,
        None => staff::read_password(init.password_file.as_deref())?,
    };
    staff::accept_password(&password, &init.admin)?;
    let config = init.at.config("http://localhost");
    let password_hash = Some(hash_password(&password)?);
    let app = App::open(config, Clock::system()).await?;
    let empty = app.store.read().await?.people().await?.is_empty();
    anyhow::ensure!(empty, "организация уже заведена");
    let text = std::fs::read_to_string(&init.firm).context("файл организации не читается")?;
    let firm = demo::Firm::parse(&app, &text)?;
    firm.create(&app, types::BUILT_IN.as_bytes()).await?;
    let mut tx = app.store.begin().await?;
    tx.put_person(&PersonRow {
        id: app.id(PersonId::new),
        login: init.admin.clone(),
        name: "Администратор".to_owned(),
        role: Role::Admin,
        password_hash,
        phone: None,
        attested_until: None,
        active: true,
        districts: Vec::new(),
    })
    .await?;
    tx.commit().await?;
    println!(
        "Организация «{}» заведена. Методики ждут утверждения в разделе «Организация».",
        firm.entity.name
    );
    Ok(())
}
