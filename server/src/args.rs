//! Commands and options of `vyezd`.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use vyezd_server::config::{BlobPlace, Config, S3};

/// Выезд: заявки, визиты метрологов, протоколы поверки и пакеты «Аршин».
#[derive(Parser)]
#[command(name = "vyezd", version)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Запустить сервер.
    Serve(Serve),
    /// Провести дни из таблиц на настоящих частях и оставить документы в папке.
    Demo(Demo),
    /// Завести организацию и первого администратора.
    Init(Init),
    /// Кто может войти в офис; завести администратора, сменить пароль, включить отключённого.
    User(User),
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
    /// Показать таблицу кодов ошибок (docs/errors.md).
    Errors,
    /// Проверять присланное телефонами: запускает сам сервер.
    #[command(hide = true)]
    GateWorker,
}

#[derive(clap::Args)]
pub(crate) struct Where {
    /// Папка с данными.
    #[arg(long, env = "VYEZD_DATA", default_value = "data")]
    pub(crate) data: PathBuf,
    /// postgres://… ; без неё — SQLite в папке с данными.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
    /// Документы и фото — в хранилище S3 по этому адресу, без имени корзины; без него — в папке с данными.
    #[arg(long, env = "VYEZD_S3_ENDPOINT", requires_all = ["s3_bucket", "s3_key", "s3_secret"])]
    pub(crate) s3_endpoint: Option<String>,
    /// Корзина S3.
    #[arg(long, env = "VYEZD_S3_BUCKET")]
    pub(crate) s3_bucket: Option<String>,
    /// Регион S3.
    #[arg(long, env = "VYEZD_S3_REGION", default_value = "us-east-1")]
    pub(crate) s3_region: String,
    /// Ключ S3.
    #[arg(long, env = "VYEZD_S3_KEY", hide_env_values = true)]
    pub(crate) s3_key: Option<String>,
    /// Секрет ключа S3.
    #[arg(long, env = "VYEZD_S3_SECRET", hide_env_values = true)]
    pub(crate) s3_secret: Option<String>,
}

impl Where {
    pub(crate) fn config(self, public_url: &str) -> Config {
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
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) at: Where,
    /// Адрес и порт.
    #[arg(long, env = "VYEZD_LISTEN", default_value = "127.0.0.1:8080", value_parser = listens)]
    pub(crate) listen: String,
    /// С чего начинаются ссылки для клиентов.
    #[arg(long, env = "VYEZD_PUBLIC_URL", value_parser = public)]
    pub(crate) public_url: Option<String>,
    /// Ещё одна служба уведомлений Web Push, кроме известных (Chrome, Firefox, Safari, Edge).
    #[arg(long = "push-host", env = "VYEZD_PUSH_HOSTS", value_delimiter = ',')]
    pub(crate) push_hosts: Vec<String>,
    /// Загрузить учебный день и пустить в работу телефоны вымышленных людей.
    #[arg(long)]
    pub(crate) example: bool,
    /// Сделать новый ключ отметок (keys/marks) вместо потерянного.
    #[arg(long)]
    pub(crate) new_marks: bool,
    /// Свой обратный прокси: его X-Forwarded-For верят, попытки входа считают по адресам за ним.
    #[arg(long, env = "VYEZD_TRUST_PROXY", value_delimiter = ',')]
    pub(crate) trust_proxy: Vec<std::net::IpAddr>,
}

#[derive(clap::Args)]
pub(crate) struct Demo {
    /// Заявки, CSV.
    #[arg(long)]
    pub(crate) orders: PathBuf,
    /// Показания, CSV.
    #[arg(long)]
    pub(crate) readings: PathBuf,
    /// Справочник типов, CSV; без него — встроенный.
    #[arg(long)]
    pub(crate) types: Option<PathBuf>,
    /// Организация, TOML; без неё — вымышленная, документы со штампом «ОБРАЗЕЦ».
    #[arg(long)]
    pub(crate) firm: Option<PathBuf>,
    /// Куда положить результаты.
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// postgres://… ; без неё — SQLite.
    #[arg(long, env = "VYEZD_DEMO_DATABASE_URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
}

#[derive(clap::Args)]
pub(crate) struct Backup {
    #[command(flatten)]
    pub(crate) at: Where,
    /// Папка копии; ключ отметок (keys/marks) в неё не попадает: храните его отдельно.
    #[arg(long)]
    pub(crate) to: PathBuf,
    /// Зашифровать копию ключом из этого файла (64 шестнадцатеричных знака). Без ключа её не вернуть.
    #[arg(long, value_name = "FILE")]
    pub(crate) encrypt_to: Option<PathBuf>,
}

#[derive(clap::Args)]
pub(crate) struct Restore {
    #[command(flatten)]
    pub(crate) at: Where,
    /// Папка копии.
    #[arg(long)]
    pub(crate) from: PathBuf,
    /// Файл с ключом, которым копия зашифрована.
    #[arg(long)]
    pub(crate) key: Option<PathBuf>,
    /// Сделать новый ключ отметок (keys/marks), если прежнего больше нигде нет.
    #[arg(long)]
    pub(crate) new_marks: bool,
    /// Только проверить копию: суммы файлов, базу и каждый документ.
    #[arg(long)]
    pub(crate) verify: bool,
}

#[derive(clap::Args)]
pub(crate) struct Init {
    #[command(flatten)]
    pub(crate) at: Where,
    /// Организация, метрологи и средства поверки, TOML.
    #[arg(long)]
    pub(crate) firm: PathBuf,
    /// Имя входа администратора.
    #[arg(long, default_value = "admin")]
    pub(crate) admin: String,
    /// Файл с его паролем, не короче 8 знаков; без него пароль читается со стандартного ввода.
    #[arg(long)]
    pub(crate) password_file: Option<PathBuf>,
    /// Устарело: пароль в командной строке видят все пользователи машины.
    #[arg(long, env = "VYEZD_ADMIN_PASSWORD", hide_env_values = true, hide = true)]
    pub(crate) password: Option<String>,
}

#[derive(clap::Args)]
pub(crate) struct User {
    #[command(subcommand)]
    pub(crate) what: UserWhat,
}

#[derive(Subcommand)]
pub(crate) enum UserWhat {
    /// Показать всех: имя входа, роль, работает ли, есть ли пароль.
    List(Where),
    /// Завести администратора.
    Add(NewUser),
    /// Сменить пароль.
    Password(WithPassword),
    /// Включить того, кто отключён.
    Enable(Login),
    /// Выключить код из приложения тому, чей телефон потерян.
    TotpOff(Login),
}

#[derive(clap::Args)]
pub(crate) struct Login {
    #[command(flatten)]
    pub(crate) at: Where,
    /// Имя входа.
    pub(crate) login: String,
}

#[derive(clap::Args)]
pub(crate) struct WithPassword {
    #[command(flatten)]
    pub(crate) who: Login,
    /// Файл с паролем; без него пароль читается со стандартного ввода.
    #[arg(long)]
    pub(crate) password_file: Option<PathBuf>,
}

#[derive(clap::Args)]
pub(crate) struct NewUser {
    #[command(flatten)]
    pub(crate) with: WithPassword,
    /// Фамилия, имя, отчество.
    #[arg(long, default_value = "Администратор")]
    pub(crate) name: String,
}

fn listens(text: &str) -> Result<String, String> {
    use std::net::ToSocketAddrs as _;
    match text.to_socket_addrs().map(|mut all| all.next()) {
        Ok(Some(_)) => Ok(text.to_owned()),
        _ => Err("нужны адрес и порт: 127.0.0.1:8080".to_owned()),
    }
}

fn public(text: &str) -> Result<String, String> {
    Config::check_public_url(text).map_err(str::to_owned)?;
    Ok(text.to_owned())
}
