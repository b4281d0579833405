// What is said of failures that any page may meet.

export const statusError = (status: number) => `Ошибка ${status}`;

export const noConnection = "Нет связи с сервером. Попробуйте ещё раз.";
