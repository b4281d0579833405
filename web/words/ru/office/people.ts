// People, their phones, and the code for a new phone.

export const revokeHint =
  "Телефон отправит то, что записано на нём, и сотрёт данные клиентов. Открыть его снова можно только " +
  "новым кодом.";
export const resetTotpQuestion = (name: string) =>
  `Сбросить код из приложения? ${name} будет входить по одному паролю, открытые сеансы закроются.`;
export const title = "Люди и телефоны";
export const addPersonButton = "+ Сотрудник";
export const nameColumn = "ФИО";
export const roleColumn = "Роль";
export const districtsColumn = "Районы";
export const phoneColumn = "Телефон";
export const seenColumn = "Последнее место";
export const inactive = " (больше не работает)";
export const logsInWithCode = ", вход с кодом";
export const mapLink = "на карте";
export const accuracy = (metres: number) => `, ±${metres} м`;
export const changeButton = "Изменить";
export const resetTotpButton = "Сбросить код входа";
export const enrolButton = "Код для телефона";
export const phonesTitle = "Телефоны";
export const ownerColumn = "Сотрудник";
export const phoneNameColumn = "Название";
export const enrolledColumn = "Зарегистрирован";
export const lastContactColumn = "Последний раз на связи";
export const revokedAt = (moment: string) => `доступ закрыт ${moment}`;
export const revokeButton = "Закрыть доступ";
export const revokeQuestion = "Закрыть доступ телефону?";
export const noPhones = "ещё ни одного";

// The form of a person.
export const nameLabel = "ФИО";
export const loginLabel = "Имя входа";
export const roleLabel = "Роль";
export const passwordLabel = "Пароль (метрологу не нужен)";
export const callPhoneLabel = "Телефон для звонка";
export const attestedLabel = "Аттестован до";
export const attestedHint = "без даты заявки на поверку не предлагаются";
export const districtsLabel = "Районы через запятую";
export const activeLabel = "работает";
export const portraitLabel = "Снимок: клиент видит, кто к нему пришёл";
export const portraitButton = "Выбрать снимок…";
export const portraitHint = "Лицо крупно, без головного убора. Телефон метролога заберёт снимок сам.";
export const portraitOf = (name: string) => `Снимок: ${name}`;
export const removePortraitButton = "Убрать снимок";
export const saveButton = "Сохранить";
export const doNotSaveButton = "Не сохранять";

export const roleNames: Record<string, string> = {
  admin: "администратор",
  office: "офис",
  metrologist: "метролог",
};

// The code for a new phone.
export const codeLabel = "Код для телефона";
export const codeTitle = (person: string) => `Телефон: ${person}`;
export const scanOrOpen = "Наведите на код камеру телефона или откройте на нём";
export const codeLink = "ссылку";
export const codeByHand = "Код вручную:";
export const codeUsed = (phone: string, moment: string, address: string, person: string) =>
  `Код использован: телефон «${phone}», ${moment}, IP-адрес ${address}. Если это не ${person}, ` +
  "закройте доступ этому телефону ниже.";
export const codeValidUntil = (moment: string) =>
  `Действует один раз, до ${moment}; прежние коды больше не действуют.`;
export const closeButton = "Закрыть";
