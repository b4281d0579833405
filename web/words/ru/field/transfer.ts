// An order that goes from phone to phone.

export const givingTo = (colleague: string) => `Передаёте: ${colleague}`;
export const givingHint =
  "На телефоне коллеги: «Мой день» → «Принять от коллеги». Держите экраны друг против друга.";
export const codeTitle = (place: number, of: number) => `Код передачи ${place} из ${of}`;
export const arrivedThereButton = "Заявка на экране коллеги";
export const doNotGiveButton = "Не передавать";
export const toWhomTitle = (number: string) => `Кому передать № ${number}?`;
export const toWhomHint =
  "Коллега должен быть рядом: его телефон прочитает код с вашего экрана. Связь не нужна.";
export const cancelButton = "Отмена";

export const readerNotLoaded =
  "Чтение кодов ещё не загружено: откройте приложение один раз, когда будет связь.";
export const cameraDenied = "Камера не открывается. Разрешите её в настройках браузера.";
export const acceptLabel = "Принять заявку от коллеги";
export const codesRead = (read: number, of: number) => `Прочитано ${read} из ${of}`;
export const pointAtCode = "Наведите на код на экране коллеги";
