// The work with one instrument: what it is, conditions, checks, measurements.

// What it is.
export const typeLabel = "Рег. № типа";
export const modificationLabel = "Модификация";
export const serialLabel = "Заводской №";
export const yearLabel = "Год выпуска";
export const waterLabel = "Вода";
export const coldWater = "холодная";
export const hotWater = "горячая";
export const positionLabel = "Положение";
export const horizontal = "горизонтально (класс B)";
export const vertical = "вертикально (класс A)";
export const serialPhotos = "Фото номера";
export const lastTime = (day: string, dial: string) => `Прошлая поверка ${day}: показания ${dial} м³`;
export const typeUnknown = "Такого типа нет в справочнике: поверку не завершить, пока он не найден.";
export const identifiedButton = "Сверено с прибором";

// Preparation.
export const air = "Воздух, °С";
export const humidity = "Влажность, %";
export const pressure = "Давление, кПа";
export const water = "Вода, °С";

export const visualCheck = "Внешний осмотр";
export const operationCheck = "Опробование";
export const tightnessCheck = "Герметичность";
export const conditionsAtStart = "Условия в начале";
export const inheritButton = "Взять из предыдущего прибора: воздух, средства поверки";
export const recordAtStartButton = (mark: string) => `Записать в начале${mark}`;
export const meansTitle = "Средства поверки";
export const meansOfMyKit = (means: string) => `Мой комплект: ${means}`;
export const meansAsLastTime = (means: string) => `Как в прошлый раз: ${means}`;
export const meansExpired = " — срок истёк";
export const checksTitle = "Проверки";
export const allWellButton = "✓ Осмотр, опробование, герметичность: всё в норме";
export const passedButton = "✓ да";
export const failedButton = "✕ нет";
export const nextButton = "Дальше";

// An instrument that is not verified.
export const noAccessReason = "нет доступа к прибору";
export const leakReason = "течь";
export const sealReason = "пломба сорвана";
export const brokenReason = "прибор неисправен";
export const notInReferenceReason = "нет в справочнике";
export const skipped = (reason: string) => `Прибор не поверяется: ${reason}.`;
export const doNotSkipButton = "Всё же поверять";
export const skipTitle = "Прибор не поверяется…";
export const otherReasonLabel = "Другая причина";
export const recordReasonButton = "Записать причину";

// Measurements.
export const countOf = (count: number, repeats: number) => ` · ${count} из ${repeats}`;
export const recordedRow = (start: string, end: string, reference: string) =>
  `${start} → ${end}, эталон ${reference} м³`;
export const correctButton = "Исправить";
export const within = " — в допуске";
export const outOfLimit = " — вне допуска";
export const startLabel = "Начало, м³";
export const takeDial = (dial: string) => `взять ${dial}`;
export const endLabel = "Конец, м³";
export const referenceLabel = "Эталон, м³";
export const flowLabel = "Расход, м³/ч";
export const durationLabel = (around: number) => `Время, с (около ${around})`;
export const photosBefore = "Фото до";
export const photosAfter = "Фото после";
export const recordButton = "Записать";
export const errorAndLimit = (error: string, limit: string) => `${error} % при допуске ±${limit} %`;
export const lastDial = (day: string, dial: string, runsBack: boolean) =>
  `Прошлая поверка ${day}: ${dial} м³${runsBack ? ". Сейчас меньше: проверьте цифры и номер прибора" : ""}`;
export const changeFlowButton = (flow: string, duration: string) =>
  `Расход ${flow || "не задан"} м³/ч${duration ? `, ${duration} с` : ""} — изменить`;

export const endBeforeStart = "Конец меньше начала: проверьте цифры";
export const likelySlip = (error: string) => `${error} %: похоже на ошибку в цифре, проверьте`;

export const stopAt = (seconds: string) => `Стоп ${seconds} с`;
export const stopwatchButton = "Секундомер";

export const padLabel = "Цифры";
export const takeSuggestion = (number: string) => `взять ${number}`;
export const eraseKey = "Стереть";
export const commaKey = "Запятая";
export const hidePadButton = "Убрать";
export const nextFieldButton = "Дальше →";

// Stages.
export const preparationStage = "Подготовка";
export const endStage = "Конец";

export const stageDone = ", сделано";
export const stageOutOfLimit = ", вне допуска";
export const stagesLabel = "Работа с прибором";

// The end.
export const notFinishedYet = "… ещё не завершено";
export const conditionsAtEnd = "Условия в конце";
export const conditionsAtEndHint =
  "Прочитайте приборы ещё раз. Если ничего не изменилось, запишите те же значения.";
export const recordAtEndButton = (mark: string) => `Записать в конце${mark}`;
