// When performers are asked.

export const title = "Когда предложить исполнителям";
export const atOnce = "сразу, в рабочее время";
export const fromOrLater = (moment: string) => `${moment} или позже`;
export const dayLabel = "День";
export const timeLabel = "Время";

export const thisMorning = "сегодня с 8:00";
export const tomorrowMorning = "завтра с 8:00";
