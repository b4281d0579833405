// What the client reads and signs. No word of the trade where one can do without.

// The page that is handed to the client.
export const refusalMissing = "Напишите, почему не подписываете.";
export const nameMissing = "Напишите, как вас зовут.";
export const signatureMissing = "Распишитесь пальцем в поле.";
export const signingLabel = "Подпись клиента";
export const title = "Проверьте и подпишите";
export const orderLine = (number: string, day: string, address: string) =>
  `Заявка № ${number}, ${day}. ${address}.`;
export const due = (rubles: string) => `К оплате ${rubles}`;
export const received = (rubles: string, how: string) => `получено ${rubles}${how}`;
export const papersAfterSigning =
  "Документы — по QR-коду сразу после подписи. В государственный реестр сведения передадим мы.";
export const noPapers = "Документов по этому визиту не будет.";
export const remarkLabel = "Замечание";
export const consent =
  "Работы выполнены, результаты мне показаны и понятны. Согласен(на), что этот лист подписан простой " +
  "электронной подписью.";
export const refusalLabel = "Почему не подписываете";
export const recordRefusalButton = "Записать отказ";
export const signButton = "Подписать";
export const remarkButton = "Есть замечание";
export const signAfterAllButton = "Всё же подписать";
export const refuseButton = "Не подписываю";
export const yesMetrologistButton = "Да, я метролог";
export const returnButton = "Вернуть метрологу";
export const entityLine = (entity: string, accreditation: string, performer: string) =>
  `${entity}${accreditation ? `, аккредитация ${accreditation}` : ""}. Метролог: ${performer}`;

// Who signs.
export const owner = "собственник";
export const relative = "родственник";
export const tenant = "жилец";
export const representative = "представитель";
export const nameLabel = "Вас зовут";
export const relationLabel = "Кем вы приходитесь";
export const codeLabel = "Код, который назвал оператор, если был";
export const signsNow = "Подписывает:";
export const changeButton = "изменить";

export const padLabel = "Поле для подписи пальцем";
export const clearButton = "Очистить";
export const signHere = "Распишитесь здесь";

// One sentence a meter.
export const unfit = "нужно заменить";
export const fitUntil = (day: string) => `исправен, поверен до ${day}`;
export const fit = "исправен, поверен";
export const notVerified = (reasons: string) => `не поверен${reasons && `: ${reasons}`}`;
export const hotWater = "Горячая вода";
export const coldWater = "Холодная вода";
export const waterMeter = "Счётчик воды";
export const noSerial = "не указан";

// The sheet.
export const sheetOrder = (number: string, day: string) => `Заявка № ${number}, ${day}`;
export const performer = (name: string) => `Метролог: ${name}`;
export const validUntil = (day: string) => ` до ${day}`;
export const protocol = (number: string) => `Протокол ${number}`;
export const certificate = (number: string) => `Свидетельство ${number} (номер организации)`;
export const notice = (number: string) => `Извещение ${number} (номер организации)`;
export const sheetReceived = (rubles: string) => `Получено ${rubles}`;
export const registry =
  "Сведения будут переданы в государственный реестр (ФГИС «Аршин»): номер записи присвоят там.";

// A mark for the work.
export const rateLabel = "Оценка";
export const thanksTitle = "Спасибо, подпись принята";
export const rateHint = "Оцените работу метролога: 1 — плохо, 10 — отлично. Метролог не увидит оценку.";
export const marksLabel = "Оценка от 1 до 10";
export const skipRateButton = "Без оценки";
export const returnPhone = "Верните телефон метрологу.";
