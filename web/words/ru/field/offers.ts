// An offer on the screen and as a notification.

export const distanceFromYou = (distance: string, ago: string) => `${distance} от вас · ${ago}`;
export const title = (number: string) => `Новая заявка № ${number}`;
export const toWhomTitle = "Кому передать?";
export const toWhomHint =
  "Вы откажетесь от заявки, и следующим её предложат этому коллеге. Время на ответ у него своё.";
export const districtOf = (district: string) => `${district} район`;
export const priceAndMeters = (price: string, meters: string) => `${price} · ${meters}`;
export const calling = "звоним вам; ответить можно и здесь";
export const willCall = "если не ответите, позвоним";
export const backToOfferButton = "Назад к заявке";
export const acceptButton = "Принять";
export const declineButton = "Отказаться";
export const giveButton = "Передать…";
export const notNowButton = "Не сейчас";

// An offer that ended.
export const endedTitle = "Предложение закрыто";
export const endedText = (number: string, address: string) =>
  `Заявка № ${number}, ${address}. Её сняли, передали другому, или время ответа вышло.`;
export const understoodButton = "Понятно";

export const alreadyClosed = "Это предложение уже закрыто";
export const declinedInNotification = "отказ в уведомлении";
export const declinedInApp = "отказ в приложении";
