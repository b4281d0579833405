// Photos, before they are sent.

export const notAPhoto = "Это не фотография или файл повреждён: снимите заново.";
export const notProcessed = "Фото не удалось обработать: снимите заново.";
