// What stands around every page of the office: the sections, logging in, calls that ring.

// The sections.
export const orders = "Заявки";
export const attention = "Требует решения";
export const people = "Люди и телефоны";
export const import_ = "Загрузка";
export const packages = "«Аршин»";
export const firm = "Организация";
export const audit = "Журнал";
export const product = "Выезд";
export const tabTitle = (waiting: string, section: string) => `${waiting}${section} — Выезд`;
export const sectionsLabel = "Разделы";
export const sessionsTitle = "Сеансы и телефоны";
export const logOutButton = "Выйти";

// A page that did not come.
export const againButton = "Попробовать ещё раз";

// Logging in.
export const codePassesPause = ". Если у вас включён код из приложения, введите его: с ним ждать не нужно.";
export const loginTitle = "Выезд — офис";
export const loginLabel = "Имя входа";
export const passwordLabel = "Пароль";
export const codeLabel = "Код из приложения";
export const logInButton = "Войти";

// Calls that ring.
export const callsLabel = "Телефон";
export const calling = "Звоним исполнителю:";
export const callOfOrder = (phone: string) => `, ${phone} — заявка`;
export const acceptButton = "1 — принять";
export const declineButton = "2 — отказаться";
export const callSays = (reply: string) => `В трубке: ${reply}`;
