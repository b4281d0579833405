// The journal of who changed what.

export const title = "Журнал";
export const hint =
  "Кто менял людей, права и реквизиты, входил, скачивал документы. Строки не меняются и хранятся три " +
  "года.";
export const whoLabel = "Кто";
export const everybody = "все";
export const whatLabel = "Что";
export const everything = "всё";
export const whenColumn = "Когда";
export const whoColumn = "Кто";
export const whatColumn = "Что";
export const subjectColumn = "О чём";
export const addressColumn = "Откуда";
export const nothing = "ничего нет";
export const earlierButton = "Показать более ранние";
