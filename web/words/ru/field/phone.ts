// The phone itself: its code, its access, its store, and what fails there.

// The code for a phone.
export const product = "Выезд";
export const enrolHint = "Введите код, который показал офис. Пароля нет: телефон запомнит вас сам.";

export const codeLabel = "Код";
export const enrolButton = "Подключить телефон";

export const browser = "Браузер";
export const statusError = (status: number) =>
  `Сервер ответил ошибкой ${status}. Попробуйте ещё раз; если повторится, позвоните в офис.`;
export const unsentWork = (waiting: number) =>
  `На этом телефоне есть неотправленная работа: ${waiting}. ` +
  "Откройте приложение без кода и дождитесь отправки. Код действует сутки.";

// Nothing of the clients is shown.
export const revokedTitle = "Доступ с этого телефона закрыт";
export const revokedSending = (left: number) =>
  `Ваша работа передаётся офису: осталось ${left}. Не удаляйте приложение.`;
export const revokedDone = "Вся работа передана офису, данные с телефона удалены.";
export const revokedByMistake = "Если доступ закрыт по ошибке, возьмите в офисе новый код.";
export const staleTitle = "Нет связи 30 дней";
export const staleHint =
  "Включите интернет; если телефон показывает неверную дату, поправьте её в настройках.";
export const syncNowButton = "Связаться сейчас";
export const loggedOutTitle = "Вы вышли";
export const unsentKept = (count: number) => `Неотправленное (${count}) сохранено и уйдёт при первой связи.`;
export const allSent = "Всё отправлено.";
export const logInButton = (person: string) => `Войти: ${person}`;
export const staleText = (unsent: number) =>
  "Данные клиентов скрыты, пока телефон не свяжется с сервером." +
  (unsent ? ` Неотправленное (${unsent}) сохранено.` : "");

// Failures.
export const unreadableTitle = "Заявка не открывается";
export const unreadableText =
  "Её данные на этом телефоне не читаются. Они не удалены. Сообщите в офис номер заявки; остальные " +
  "заявки открываются.";

export const orderSetAside =
  "Данные одной заявки не читаются: она отложена, остальные открываются. Сообщите в офис.";

export const appEnded = "Приложение остановилось из-за ошибки. Закройте его и откройте снова; всё сохранено.";

export const notEnrolled = "Телефон не подключён";

export const openElsewhere = "Приложение уже открыто в другой вкладке. Закройте её и обновите эту.";

export const storeGone =
  "Хранилище телефона не отвечает: ничего нового не сохраняется. " +
  "Освободите место, закройте приложение и откройте снова.";

export const storeUnavailable = "Хранилище телефона недоступно. Закройте приложение и откройте снова.";
export const memoryFull = "Память телефона заполнена: изменение не сохранено. Освободите место и повторите.";
export const notSaved = "Не удалось сохранить на телефоне. Проверьте свободное место и повторите.";
export const browserKeepsData = "браузер не удалит данные сам";
export const browserMayDeleteData = "браузер может удалить данные, когда место кончится";
export const storageUse = (used: string, left: string, promise: string) =>
  `занято ${used} МБ, свободно ${left} МБ; ${promise}`;

export const noLiveChannel = "нет постоянной связи с сервером";
export const notificationsRefused = "Уведомления не включились: сервер не принял этот браузер.";
