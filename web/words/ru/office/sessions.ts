// Sessions of the office, the code of an authenticator app, phones with access.

export const yandexBrowser = "Яндекс Браузер";
export const browserOn = (browser: string, system: string) => `${browser} на ${system}`;
export const unknownBrowser = "неизвестный браузер";
export const title = "Сеансы";
export const hint =
  "Где открыт офис под вашим именем. Незнакомый сеанс закройте и смените пароль: смена пароля закрывает " +
  "все сеансы сразу.";
export const whereColumn = "Где";
export const addressColumn = "IP-адрес";
export const beganColumn = "Вход";
export const lastSeenColumn = "Последний раз";
export const endsColumn = "Закончится";
export const thisSession = " — этот сеанс";
export const endButton = "Закрыть";
export const endAllButton = "Закрыть все сеансы, и этот";
export const phonesTitle = "Телефоны с доступом";
export const ownerColumn = "Сотрудник";
export const phoneNameColumn = "Название";
export const enrolledColumn = "Зарегистрирован";
export const codeByColumn = "Код выдал";
export const enrolledFromColumn = "Откуда";
export const lastContactColumn = "Последний раз на связи";
export const revokeButton = "Закрыть доступ";
export const noPhones = "ещё ни одного";

// The code of an authenticator app.
export const totpStarted = "Включено: при каждом входе понадобится код. Остальные сеансы закрыты.";
export const totpStopped = "Выключено: для входа достаточно пароля.";
export const totpTitle = "Код из приложения";
export const totpScan =
  "Откройте на телефоне приложение для кодов — Яндекс Ключ, Google Authenticator, FreeOTP — и наведите " +
  "его на этот рисунок.";
export const totpKeyByHand = "Без камеры введите ключ:";
export const shownCodeLabel = "Код, который показало приложение";
export const startButton = "Включить";
export const doNotStartButton = "Не включать";
export const passwordLabel = "Ваш пароль";
export const codeLabel = "Код из приложения";
export const nextButton = "Дальше";
export const stopButton = "Выключить";
export const cancelButton = "Отмена";
export const totpSince = (moment: string) => `Включён с ${moment}.`;
export const askStopButton = "Выключить…";
export const lostPhoneBeforeCommand =
  "Потеряли телефон — код сбросит другой администратор в разделе «Люди и телефоны» или команда";
export const lostPhoneAfterCommand = "на сервере.";
export const totpHint =
  "Кроме пароля при входе понадобится код из приложения на вашем телефоне: с одним паролем " +
  "посторонний не войдёт.";
export const askStartButton = "Включить…";
