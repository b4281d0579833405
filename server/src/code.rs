//! Every code that an HTTP answer of an error may carry: its status, its Russian sentence, its cause.
//! `vyezd errors` prints the page for people, `docs/errors.md`.

/// The list: section, then variant, code, status, sentence for people, cause and remedy for programmers.
macro_rules! codes {
    ($($section:literal { $($variant:ident $code:literal $status:literal $words:literal $cause:literal)* })*) => {
        /// A stable code. Codes are added, never given another meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[doc = $cause] $variant,)*)* }

        impl Code {
            pub const SECTIONS: &[(&str, &[Self])] = &[$(($section, &[$(Self::$variant,)*]),)*];

            /// As it goes over the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $($(Self::$variant => $code,)*)* }
            }

            pub fn named(name: &str) -> Option<Self> {
                match name { $($($code => Some(Self::$variant),)*)* _ => None }
            }

            /// The HTTP status where the route does not need another: a query is refused with 400, a body with 422.
            pub const fn status(self) -> u16 {
                match self { $($(Self::$variant => $status,)*)* }
            }

            /// The sentence for people where nothing more particular is known.
            pub const fn words(self) -> &'static str {
                match self { $($(Self::$variant => $words,)*)* }
            }

            /// Cause and remedy, for programmers.
            pub const fn cause(self) -> &'static str {
                match self { $($(Self::$variant => $cause,)*)* }
            }
        }
    };
}

codes! {
    "Who you are" {
        TokenMissing "token_missing" 401 "нужно войти" "no token: log in"
        TokenExpired "token_expired" 401 "нужно войти" "the token is over, or its session ended: log in; a phone takes a new token"
        LoginWrong "login_wrong" 401 "неверное имя или пароль" "name or password; 422 where one's own password is asked for"
        TotpNeeded "totp_needed" 401 "введите код из приложения" "the name has a code of an app: ask for six digits"
        TotpWrong "totp_wrong" 401 "код из приложения неверен или уже использован: дождитесь следующего" "wrong, or used already: the next code; 422 where one's own code is asked for"
        RefreshReused "refresh_reused" 401 "нужно войти" "a refresh token was used twice: all its successors end; log in"
        CodeWrong "code_wrong" 401 "код неверен, использован или истёк" "the code for a phone is wrong, used or older than a day: a new one from the office"
        DeviceUnknown "device_unknown" 401 "телефон не подключён: нужен новый код" "the phone is not enrolled: enrol anew"
        ProofWrong "proof_wrong" 401 "подпись телефона не сходится" "the phone's signature or challenge does not hold: a new challenge, else enrol anew"
        TicketOver "ticket_over" 401 "билет живого канала использован или истёк" "a ticket of the live channel is good once, for 30 s: a new one"
        Forbidden "forbidden" 403 "недостаточно прав" "the role does not allow it"
        KeyKnown "key_known" 409 "этот ключ уже подключён" "the phone's key is enrolled already"
        TooMany "too_many" 429 "слишком много попыток, подождите" "guesses, looks at clients' pages, keys of repeated requests, uploads begun: wait for `retry-after`; 422 for lists that are too long"
    }
    "The request" {
        RequestUnreadable "request_unreadable" 422 "запрос не читается" "not what the route takes"
        BodyUnreadable "body_unreadable" 422 "тело запроса не читается" "not JSON, or a value of another kind"
        FieldInvalid "field_invalid" 422 "значение не подходит" "`field` says which; 400 in a query"
        FieldRequired "field_required" 422 "нужно заполнить" "`field` says which; 400 in a query"
        TooLong "too_long" 422 "слишком длинно" "`field` says which; 400 in a query"
        TextControl "text_control" 422 "недопустимый знак: управляющие знаки не принимаются" "a control character; 400 in a query"
        SignUnprintable "sign_unprintable" 422 "знак нельзя напечатать" "no font of the papers has the sign"
        MoneyOutOfRange "money_out_of_range" 422 "сумма вне допустимого" "kopecks, from 0 to the limit"
        InstrumentTwice "instrument_twice" 422 "прибор указан дважды" "an id stands in the list twice"
        IdempotencyKey "idempotency_key" 422 "ключ повтора не подходит" "1 to 100 printable characters"
        IdempotencyMismatch "idempotency_mismatch" 422 "с этим ключом был другой запрос" "a new key for a new request"
        IdempotencyRunning "idempotency_running" 409 "такой же запрос ещё выполняется" "the first of two equal requests is not done, or was cut off: look whether it was carried out"
        VersionMissing "version_missing" 428 "нужен заголовок If-Match" "`If-Match` with the version that was seen"
        VersionOld "version_old" 412 "данные уже изменил другой" "somebody was faster: `message` says so, `version` is what stands there now"
        NotFound "not_found" 404 "не найдено" "also: not yours to see"
        MethodNotAllowed "method_not_allowed" 405 "по этому адресу так нельзя" "another method"
        ContentType "content_type" 415 "такое содержание не читается" "the route takes another `content-type`"
        HeadTooLarge "head_too_large" 431 "слишком длинный адрес или заголовки" "[limits.md](limits.md)"
        BodyTooLarge "body_too_large" 413 "запрос слишком велик" "[limits.md](limits.md)"
        RequestTooLarge "request_too_large" 413 "запрос слишком велик" "a sync request: fewer batches"
        BodyTooSlow "body_too_slow" 408 "запрос идёт слишком медленно" "nothing came for 20 s, or less than 512 bytes a second"
    }
    "Orders and papers" {
        NoEntity "no_entity" 409 "сначала заполните реквизиты организации" "the firm's requisites are missing"
        NumberTaken "number_taken" 409 "такой номер заявки уже есть" "the number of an order is used"
        OrderHeld "order_held" 409 "у заявки уже есть исполнитель" "somebody has the order"
        OrderFree "order_free" 409 "у заявки нет исполнителя" "nobody has the order"
        OrderClosed "order_closed" 409 "заявка закрыта" "the order is done or cancelled"
        OrderSealed "order_sealed" 409 "у заявки уже есть подписанный лист" "a signed sheet is there already"
        VisitIncomplete "visit_incomplete" 409 "для листа не хватает данных" "readings from paper: what is missing stands in `message`"
        NotMetrologist "not_metrologist" 422 "это не поверитель" "the person of readings from paper"
        NotWorking "not_working" 422 "человек не работает" "the person of readings from paper, on that day"
        NotAttested "not_attested" 422 "аттестация закончилась или не указана" "the person of readings from paper, on that day"
        AlreadyDecided "already_decided" 409 "уже решено" "another dispatcher decided"
        NotPossible "not_possible" 409 "так решить уже нельзя" "the choice cannot be carried out any more"
        StillRefused "still_refused" 409 "проверка по-прежнему не проходит" "the gate still refuses the batch"
        NotRecovering "not_recovering" 409 "восстановление не идёт" "nothing to confirm"
        LedgerRecovering "ledger_recovering" 409 "учёт восстанавливается из копии: сначала подтвердите восстановление" "numbers and packages wait for a confirmation"
        LinkEnded "link_ended" 410 "срок ссылки истёк: обратитесь в организацию" "a client's page"
        LinkClosed "link_closed" 410 "организация закрыла эту ссылку: обратитесь в неё" "a client's page"
        ColumnsMissing "columns_missing" 422 "в таблице нет нужных столбцов" "a spreadsheet: `message` names them"
        FileEmpty "file_empty" 422 "таблица пуста" "a spreadsheet"
        FileTooLarge "file_too_large" 422 "таблица слишком велика" "a spreadsheet: [limits.md](limits.md)"
        ImportRunning "import_running" 409 "уже загружаются другие таблицы" "four imports at once"
        ImportClosed "import_closed" 409 "в этой загрузке нечего исправлять: она ещё идёт, отменена, или все строки приняты" "lines are repaired, and an import is undone, while it is at rest"
        ImportUsed "import_used" 409 "с заявками этой загрузки уже работали" "an import is undone while none of its orders was accepted or changed"
        AnswerUnread "answer_unread" 422 "это не ответ ФГИС «Аршин»" "a file from the Fund: `message` says what it is"
        AnswerMismatch "answer_mismatch" 409 "ответ не от этого пакета" "counts, days, ciphers or verdicts differ, or a number is another's: `message` names the records"
        ImportNotInterrupted "import_not_interrupted" 409 "продолжать нечего" "the import is done or still runs"
    }
    "People" {
        LoginTaken "login_taken" 409 "такое имя уже есть" "also a name that only looks the same"
        LastAdmin "last_admin" 409 "должен остаться хотя бы один администратор, который может войти" "nobody else could log in as an administrator"
        TotpOn "totp_on" 409 "код из приложения уже включён" "it is on already"
        TotpNone "totp_none" 409 "код из приложения не включён" "there is nothing to turn off"
        TotpOwn "totp_own" 409 "свой код выключают паролем и кодом" "one's own is turned off by password and code"
    }
    "Photos" {
        BlobTooLarge "blob_too_large" 413 "фото слишком велико" "[limits.md](limits.md)"
        PhotoUnreadable "photo_unreadable" 422 "это не фотография или файл повреждён" "the bytes are no JPEG, PNG, WebP or HEIC, or have no end: take the photo again; the upload is over"
        PartTooLarge "part_too_large" 413 "часть слишком велика" "[limits.md](limits.md)"
        OffsetOther "offset_other" 409 "загрузка продолжается с другого места" "ask with HEAD where it stands"
        OrderPhotosFull "order_photos_full" 409 "в заявке уже слишком много фото" "[limits.md](limits.md)"
        TusVersion "tus_version" 412 "нужна другая версия tus" "`tus-resumable: 1.0.0`"
        ChecksumUnknown "checksum_unknown" 400 "такая контрольная сумма не считается" "sha1 or sha256, base64"
        ChecksumOther "checksum_other" 460 "контрольная сумма не сходится" "send the part again"
    }
    "The server" {
        Busy "busy" 503 "сервер занят, повторите через несколько секунд" "more work than can wait: again after `retry-after`"
        DiskFull "disk_full" 507 "на сервере кончилось место: ничего не записано, повторите позже" "no room; 503 at `/readyz`"
        DatabaseFailed "database_failed" 503 "база данных не принимает записи" "`/readyz`: the log says why"
        FolderFailed "folder_failed" 503 "в папку с данными нельзя писать" "`/readyz`: the log says why"
        Internal "internal" 500 "на сервере ошибка, она записана в журнал: попробуйте ещё раз, а если повторится — скажите администратору" "a fault: its cause stands in the log at `ERROR`"
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

/// The tables of `docs/errors.md`.
pub fn table() -> String {
    let mut page = String::new();
    for (section, codes) in Code::SECTIONS {
        page.push_str(&format!(
            "## {section}\n\n| code | status | по-русски | cause, remedy |\n|---|--:|---|---|\n"
        ));
        for code in *codes {
            let (name, status, words, cause) =
                (code.as_str(), code.status(), code.words(), code.cause());
            page.push_str(&format!("| `{name}` | {status} | {words} | {cause} |\n"));
        }
        page.push('\n');
    }
    page
}
