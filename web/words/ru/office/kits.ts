// Kits of means: what a metrologist takes along.
export const title = "Комплекты";
export const hint =
  "Комплект — всё, чем метролог поверяет: установка, термогигрометр, барометр, термометр, секундомер. Кто взял " +
  "комплект, у того он на телефоне; остальным его средства не предлагаются.";
export const nameColumn = "Комплект";
export const meansColumn = "Что в нём";
export const holderColumn = "У кого";
export const meansLine = (title: string, serial: string, until: string) =>
  `${title}, № ${serial || "—"}, до ${until}`;
export const emptyKit = "пусто";
export const takeOutButton = "Убрать";
export const takeOutLabel = (title: string, kit: string) => `Убрать из «${kit}»: ${title}`;
export const takenOut = "Убрано из комплекта.";
export const putInChoice = "Добавить в комплект…";
export const putInLabel = (kit: string) => `Добавить в «${kit}»`;
export const putIn = "Добавлено в комплект.";
export const holderOf = (kit: string) => `У кого «${kit}»`;
export const inOffice = "в офисе";
export const since = (day: string) => `с ${day}`;
export const handedOver = "Комплект передан, телефоны узнают при следующей связи.";
export const nameLabel = "Название комплекта";
export const freeMeans = "Средства, которые не в комплекте";
export const addButton = "Собрать комплект";
export const kitAdded = "Комплект собран.";
