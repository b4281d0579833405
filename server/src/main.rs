//! `vyezd`: the server, the demonstration, the first steps of a new firm.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;
use vyezd_core::model::PersonId;
use vyezd_server::app::{App, Clock};
use vyezd_server::auth::hash_password;
use vyezd_server::config::{BlobPlace, Config, S3};
use vyezd_server::import::{TableError, types};
use vyezd_server::limits::edge::CONNECTIONS_MAX;
use vyezd_server::store::{PersonRow, Role};
use vyezd_server::{backup, demo, http, live, rebuild, serve, timers};

/// Выезд: заявки, визиты метрологов, протоколы поверки и пакеты «Аршин».
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Запустить сервер.
    Serve(Serve),
    /// Провести дни из таблиц на настоящих частях и оставить документы в папке.
    Demo(Demo),
    /// Завести организацию и первого администратора.
    Init(Init),
    /// Снять копию базы и документов, не останавливая сервер (SQLite).
    Backup(Backup),
    /// Вернуть копию на место: сервер должен быть остановлен. С --verify — только проверить её.
    Restore(Restore),
    /// Вычислить заново всё, что выводится из документов и листов: индексы, поверки, отпечатки.
    Rebuild(Where),
    /// Напечатать описание интерфейса (OpenAPI).
    Openapi,
    /// Напечатать все ограничения (docs/limits.md).
    Limits,
    /// Проверять присланное телефонами: запускает сам сервер.
    #[command(hide = true)]
    GateWorker,
}

#[derive(clap::Args)]
struct Where {
    /// Папка с данными.
    #[arg(long, env = "VYEZD_DATA", default_value = "data")]
    data: PathBuf,
    /// postgres://… ; без неё — SQLite в папке с данными.
    #[arg(long, env = "DATABASE_URL")]
    database_url: Option<String>,
    /// Документы и фото — в хранилище S3 по этому адресу, без имени корзины; без него — в папке с данными.
    #[arg(long, env = "VYEZD_S3_ENDPOINT", requires_all = ["s3_bucket", "s3_key", "s3_secret"])]
    s3_endpoint: Option<String>,
    /// Корзина S3.
    #[arg(long, env = "VYEZD_S3_BUCKET")]
    s3_bucket: Option<String>,
    /// Регион S3.
    #[arg(long, env = "VYEZD_S3_REGION", default_value = "us-east-1")]
    s3_region: String,
    /// Ключ S3.
    #[arg(long, env = "VYEZD_S3_KEY")]
    s3_key: Option<String>,
    /// Секрет ключа S3.
    #[arg(long, env = "VYEZD_S3_SECRET", hide_env_values = true)]
    s3_secret: Option<String>,
}

impl Where {
    fn config(self, public_url: &str) -> Config {
        let mut config = Config::new(self.data, self.database_url, public_url);
        if let Some(endpoint) = self.s3_endpoint {
            config.blobs = BlobPlace::S3(S3 {
                endpoint,
                bucket: self.s3_bucket.unwrap_or_default(),
                region: self.s3_region,
                key: self.s3_key.unwrap_or_default(),
                secret: self.s3_secret.unwrap_or_default(),
            });
        }
        config
    }
}

#[derive(clap::Args)]
struct Serve {
    #[command(flatten)]
    at: Where,
    /// Адрес и порт.
    #[arg(long, env = "VYEZD_LISTEN", default_value = "127.0.0.1:8080")]
    listen: String,
    /// С чего начинаются ссылки для клиентов.
    #[arg(long, env = "VYEZD_PUBLIC_URL")]
    public_url: Option<String>,
    /// Ещё одна служба уведомлений Web Push, кроме известных (Chrome, Firefox, Safari, Edge).
    #[arg(long = "push-host", env = "VYEZD_PUSH_HOSTS", value_delimiter = ',')]
    push_hosts: Vec<String>,
    /// Загрузить учебный день и пустить в работу телефоны вымышленных людей.
    #[arg(long)]
    example: bool,
    /// Свой обратный прокси: его X-Forwarded-For верят, попытки входа считают по адресам за ним.
    #[arg(long, env = "VYEZD_TRUST_PROXY", value_delimiter = ',')]
    trust_proxy: Vec<std::net::IpAddr>,
}

#[derive(clap::Args)]
struct Demo {
    /// Заявки, CSV.
    #[arg(long)]
    orders: PathBuf,
    /// Показания, CSV.
    #[arg(long)]
    readings: PathBuf,
    /// Справочник типов, CSV; без него — встроенный.
    #[arg(long)]
    types: Option<PathBuf>,
    /// Организация, TOML; без неё — вымышленная, документы со штампом «ОБРАЗЕЦ».
    #[arg(long)]
    firm: Option<PathBuf>,
    /// Куда положить результаты.
    #[arg(long)]
    out: PathBuf,
    /// postgres://… ; без неё — SQLite.
    #[arg(long, env = "VYEZD_DEMO_DATABASE_URL")]
    database_url: Option<String>,
}

#[derive(clap::Args)]
struct Backup {
    #[command(flatten)]
    at: Where,
    /// Папка копии; ключ отметок (keys/marks) в неё не попадает: храните его отдельно.
    #[arg(long)]
    to: PathBuf,
}

#[derive(clap::Args)]
struct Restore {
    #[command(flatten)]
    at: Where,
    /// Папка копии.
    #[arg(long)]
    from: PathBuf,
    /// Только проверить копию: суммы файлов, базу и каждый документ.
    #[arg(long)]
    verify: bool,
}

#[derive(clap::Args)]
struct Init {
    #[command(flatten)]
    at: Where,
    /// Организация, метрологи и средства поверки, TOML.
    #[arg(long)]
    firm: PathBuf,
    /// Имя входа администратора.
    #[arg(long, default_value = "admin")]
    admin: String,
    /// Его пароль, не короче 8 знаков.
    #[arg(long, env = "VYEZD_ADMIN_PASSWORD")]
    password: String,
}

fn main() -> ExitCode {
    let args = Args::parse();
    if matches!(args.command, Command::GateWorker) {
        // Before any runtime: a worker has one thread and little memory.
        return match vyezd_server::gate::work() {
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
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| {
        EnvFilter::new(match args.command {
            Command::Serve(_) => "info",
            _ => "warn",
        })
    });
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let done = match args.command {
        Command::Serve(serve) => run_server(serve).await,
        Command::Demo(files) => run_demo(files).await,
        Command::Init(init) => found(init).await,
        Command::Backup(args) => take_backup(args).await,
        Command::Restore(args) => put_back(args).await,
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
    std::fs::create_dir_all(&serve.at.data).context("папка с данными не создаётся")?;
    let listener = tokio::net::TcpListener::bind(&serve.listen).await.context("адрес занят")?;
    let address = listener.local_addr()?;
    let public = serve.public_url.unwrap_or_else(|| format!("http://{address}"));
    let phones = serve.at.data.join("example-phones");
    let mut config = serve.at.config(&public);
    config.push_hosts = serve.push_hosts;
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
    anyhow::ensure!(!args.to.join("vyezd.db").exists(), "в этой папке уже есть копия");
    let seq = backup::backup(&app, &args.to).await?;
    println!("Копия до записи {seq}: {}. Ключ отметок храните отдельно от неё.", args.to.display());
    Ok(())
}

async fn put_back(args: Restore) -> anyhow::Result<()> {
    let documents = backup::verify(&args.from).await?;
    println!("Копия цела: документов {documents}.");
    if args.verify {
        return Ok(());
    }
    backup::put_back(&args.from, &args.at.data, Clock::system().now().0)?;
    let mut config = args.at.config("http://localhost");
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

async fn found(init: Init) -> anyhow::Result<()> {
    std::fs::create_dir_all(&init.at.data).context("папка с данными не создаётся")?;
    let config = init.at.config("http://localhost");
    if let Err(problem) = vyezd_server::passwords::accept(&init.password, &init.admin) {
        anyhow::bail!("пароль не подходит: {}", problem.words());
    }
    let password_hash = Some(hash_password(&init.password)?);
    let app = App::open(config, Clock::system()).await?;
    let empty = app.store.read().await?.people().await?.is_empty();
    anyhow::ensure!(empty, "организация уже заведена");
    let text = std::fs::read_to_string(&init.firm).context("файл организации не читается")?;
    let firm = demo::Firm::parse(&app, &text)?;
    firm.found(&app, types::BUILT_IN.as_bytes()).await?;
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
