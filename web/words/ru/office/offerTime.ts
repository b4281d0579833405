// When performers are asked.

export const title = "Когда предложить исполнителям";
export const atOnce = "сразу, в рабочее время";
export const fromOrLater = (moment: string) => `с ${moment} или позже`;
export const dayLabel = "День";
export const timeLabel = "Время";

export const tomorrowMorning = "завтрашних 8:00";
