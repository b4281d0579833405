// Photos.

export const cameraDenied =
  "Камера не открывается. Разрешите её в настройках браузера или выберите снимок кнопкой «Файл».";
export const cancelButton = "Отмена";
export const takeButton = "Снять";
export const fileButton = "Файл";
export const torchButton = "Фонарь";

export const zoomLabel = "Увеличить или уменьшить";
export const deleteButton = "Удалить";
export const retakeButton = "Переснять";
export const closeButton = "Закрыть";

export const enlarge = (title: string) => `${title}: увеличить`;
