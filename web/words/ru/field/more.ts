// The page «Ещё»: sending, types, questions, looks, notifications, colleagues, help.

export const notificationsOn =
  "О новой заявке придёт уведомление, даже когда приложение закрыто. Не ответите — позвоним.";
export const notificationsAsk = "Пока приложение закрыто, о новой заявке вы узнаете только из звонка.";
export const notificationsDenied =
  "Уведомления запрещены в настройках браузера. О новой заявке вы узнаете из звонка.";
export const notificationsNone =
  "Этот браузер не умеет уведомлять, пока приложение закрыто. О новой заявке вы узнаете из звонка.";
export const themeAuto = "Как в телефоне";
export const themeLight = "Светлая";
export const themeDark = "Тёмная";
export const title = "Ещё";
export const sendingLabel = "Отправка";
export const unsent = (count: number) => `Не отправлено: ${count}. `;
export const allSent = "Всё отправлено. ";
export const photosUnsent = (count: number) => `Фото не отправлено: ${count}.`;
export const syncButton = "Отправить и обновить";
export const colleaguesButton = "Коллеги: кто где";
export const typesLabel = "Справочник типов";
export const typesSearch = "Справочник типов: номер или модификация";
export const typesPlaceholder = "16078-13 или СХВ";
export const noSuchType = "В справочнике телефона такого нет.";
export const faqLabel = "Вопросы и ответы";
export const faqSearch = "Вопросы и ответы организации";
export const faqPlaceholder = "слово из вопроса";
export const noSuchQuestion = "Такого вопроса нет.";
export const noFaqYet = "Организация пока ничего не написала.";
export const lookLabel = "Вид";
export const lookHint = "Вид приложения; такой же будет на новом телефоне.";
export const themeLabel = "Тема";
export const soundLabel = "Звук новой заявки";
export const notificationsLabel = "Уведомления";
export const notificationsButton = "Включить уведомления";
export const phoneLabel = "Этот телефон";
export const thisPhone = (person: string, storage: string, reference: number) =>
  `${person}. ${storage && `${storage}. `}Справочник: версия ${reference}.`;
export const logOutButton = "Выйти";
export const stayButton = "Остаться";
export const askLogOutButton = "Выйти…";
export const logOutHint = (unsent: number) =>
  (unsent
    ? `Неотправленное (${unsent}) останется на телефоне и уйдёт при первой связи.`
    : "Всё отправлено, ничего не потеряется.") + " Заявки скроются, пока вы не войдёте снова.";

// Colleagues.
export const locationDenied =
  "Браузер не сообщает, где телефон: разрешите доступ к местоположению в настройках сайта.";
export const placeUnknown = "место неизвестно";
export const fromYou = (distance: string) => `${distance} от вас`;
export const backToMore = "← Ещё";
export const colleaguesTitle = "Коллеги";
export const shareLabel = "Показывать коллегам и офису, где я";
export const shareHint =
  "Только последнее место: когда вы приняли заявку, приехали, дали подписать, сняли фото. Через 12 " +
  "часов оно забывается. Если выключить, сервер забудет его сразу, а телефоны коллег — при следующем обновлении.";
export const callButton = "Позвонить";
export const mapLink = "На карте";
export const placesUnknown = "Сервер ещё не сообщал, где коллеги.";
export const placesAge = (ago: string) => `Получено от сервера ${ago}.`;

export const surnameLabel = "Фамилия";
export const noColleagues = "Список коллег придёт при первой связи.";
export const noSuchColleague = "Такого коллеги нет.";

// Help.
export const helpTitle = "Нужна помощь офиса";
export const helpLabel = "Что случилось";
export const helpButton = "Отправить в офис";
export const helpSent = "Просьба сохранена и уйдёт в офис при первой связи. Если срочно, звоните.";
