// What is said of failures that any page may meet.

export const statusError = (status: number) =>
  `Сервер ответил ошибкой ${status}. Попробуйте ещё раз; если повторится, скажите администратору.`;

export const noConnection = "Нет связи с сервером. Попробуйте ещё раз.";
