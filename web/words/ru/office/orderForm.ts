// The form of an order, and what it knows of clients and performers.

export const sumExpected = "Введите сумму в рублях, например 900 или 900,50";
export const title = (number: string) => `Заявка № ${number}`;
export const newTitle = "Новая заявка";
export const draftRestored = "Продолжаем начатую заявку.";
export const startAnewButton = "Начать заново";
export const phonesLabel = "Телефоны";
export const clientLabel = "ФИО (можно не указывать)";
export const dayLabel = "День";
export const fromLabel = "С";
export const toLabel = "До";
export const urgencyLabel = "Срочность";
export const kindLabel = "Вид работ";
export const sumLabel = "Сумма, ₽";
export const placeTitle = "Где";
export const districtLabel = "Район";
export const addressLabel = "Адрес";
export const addressPlaceholder = "г. Саратов, ул. …, д. …, кв. …";
export const coordinatesLabel = "Координаты (можно не указывать)";
export const entranceLabel = "Подъезд";
export const floorLabel = "Этаж";
export const intercomLabel = "Домофон";
export const noteLabel = "Как попасть, что учесть";
export const notePlaceholder = "собака; звонить за час";
export const certificateLabel = "Владелец просит свидетельство на бумаге";
export const instrumentsTitle = "Приборы";
export const typeLabel = "Рег. № типа";
export const modificationLabel = "Модификация";
export const modificationPlaceholder = "схв";
export const serialLabel = "Заводской №";
export const yearLabel = "Год";
export const yearExpected = "Год — четыре цифры, например 2019";
export const waterLabel = "Вода";
export const coldWater = "холодная";
export const hotWater = "горячая";
export const positionLabel = "Положение";
export const horizontal = "горизонтально";
export const vertical = "вертикально";
export const removeButton = "Убрать";
export const addInstrumentButton = "+ Прибор";
export const pressAgain = (questions: string) => `${questions}. Если это так, нажмите ещё раз.`;
export const saveButton = "Сохранить";
export const createButton = "Создать";
export const createAndOfferButton = "Создать и предложить исполнителю";
export const allRight = ": всё верно";
export const doNotSaveLink = "Не сохранять";
export const laterLink = "К списку, черновик останется";

export const defaultKind = "поверка";
export const dayPassed = "День визита уже прошёл";
export const nothingToPay = "Сумма 0 ₽: клиент ничего не заплатит";

/** Fields, where a colleague changed one. */
export const fieldNames = {
  date: "День",
  from: "С",
  to: "До",
  kind: "Вид работ",
  urgency: "Срочность",
  client: "Клиент",
  phones: "Телефоны",
  district: "Район",
  address: "Адрес",
  zone: "Часовой пояс",
  place: "Координаты",
  entrance: "Подъезд",
  floor: "Этаж",
  intercom: "Домофон",
  note: "Как попасть",
  price: "Сумма",
  certificate: "Свидетельство",
};

// A colleague changed the order meanwhile.
export const yes = "да";
export const no = "нет";
export const blank = "пусто";
export const changedMeanwhile =
  "Пока вы печатали, заявку изменил коллега. Ваши изменения остались в форме: проверьте и сохраните ещё " +
  "раз.";
export const yoursDiffers = "— у вас другое.";
export const takeTheirsButton = "Взять вариант коллеги";
export const alreadyInForm = "— уже в форме";

// A client who called before.
export const knownClientLabel = "Клиент известен";
export const namelessClient = "имя не указано";
export const lastVisit = (day: string, number: string) => `· визит ${day}, № ${number}`;

// Who will be asked.
export const busyAt = (hours: string) => `занят ${hours}`;
export const freeAllDay = "свободен весь день";
export const overlapping = ", пересекается";
export const byTelephone = ", по телефону";
export const nobodyInDistrict = "В этом районе никто не работает: заявка будет ждать вашего решения";
export const askedInTurn = (people: string, more: number) =>
  `Спросим по очереди: ${people}${more > 0 ? `; и ещё ${more}` : ""}`;
