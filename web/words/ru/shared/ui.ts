// Words of the parts that every page is made of.

export const replaceWith = (right: string) => `Заменить на «${right}»`;

export const keepButton = "Отмена";

export const dayExpected = "Напишите день: 15.09, завтра, пт или 15 сентября";
export const dayTooEarly = (first: string) => `Не раньше ${first}`;
export const dayPlaceholder = "дд.мм.гггг";
export const calendarButton = "Календарь";

export const timeExpected = "Напишите время: 9, 930 или 18:30";
export const timePlaceholder = "чч:мм";

/** Over a page whose server is not heard; the hour at which it was. */
export const offline = (at: string) =>
  `Нет связи с сервером.${at ? ` Данные на ${at}.` : ""} Страница обновится сама.`;

/** Behind the title of what goes on: «Документы: 3 из 8». */
export const progressOf = (at?: number, of?: number) => `: ${at} из ${of}`;

export const undoButton = "Отменить";
export const closeButton = "Закрыть";

// What a field lacks.
export const valueExpected = "Заполните это поле";
export const choiceExpected = "Выберите из списка";
export const tickExpected = "Поставьте отметку";
export const numberExpected = "Здесь нужно число";
export const moreExpected = (count: number) => `Нужно не меньше ${count} знаков`;
export const otherExpected = "Проверьте, что написано";
