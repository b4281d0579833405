// The help of the keys.

export const title = "Клавиши";
export const closeButton = "Закрыть";

export const newOrder = "новая заявка";
export const search = "поиск";
export const nextAndPrevious = "следующая, предыдущая заявка";
export const openOrder = "заявка рядом со списком, ещё раз — целиком";
export const tickOrders = "выбрать заявку, все до неё";
export const changeOrder = "изменить, перенести открытую заявку";
export const close = "закрыть, снять выбор, назад к списку";
export const answerCall = "принять или отказаться, пока звонит телефон";
export const orders = "заявки";
export const attention = "требует решения";
export const people = "люди и телефоны";
export const import_ = "загрузка";
export const packages = "«Аршин»";
export const help = "эта подсказка";
export const gThen = (key: string) => `g, затем ${key}`;
