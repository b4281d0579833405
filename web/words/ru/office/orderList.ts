// The list of orders: views, filters, columns, what is done with many at once.

// The views.
export const newOrders = "Новые, не принятые";
export const acceptedOrders = "В работе";
export const doneOrders = "Выполненные";
export const failedOrders = "Не состоялись";
export const allOrders = "Все";

export const papersFile = (day: string) => `документы_${day}.zip`;
export const noPapersOfDay = (day: string) => `За ${day} документов нет`;
export const title = "Заявки";
export const newOrderLink = "Новая заявка";
export const papersOfDayLabel = "Документы за день";
export const zipProgress = "Документы, кБ";
export const zipButton = "Скачать ZIP";
export const viewsLabel = "Какие заявки показать";
export const loadedOf = (loaded: number, all: number) => `Загружено ${loaded} из ${all}`;
export const notInThisView = "Среди этих заявок такого нет";
export const foundElsewhere = "Нашлось:";
export const nothingFound = "Ничего не нашлось";
export const searchHint = "Попробуйте часть номера, фамилии, улицы или телефона.";
export const emptyView = "Здесь пусто";
export const newOrderKey = "Новая заявка — клавиша";

// The columns.
export const urgencyColumn = "Срочность";
export const whenColumn = "Дата и время";
export const addressColumn = "Адрес";
export const clientColumn = "Клиент";
export const kindColumn = "Вид работ";
export const countColumn = "Приб.";
export const sumColumn = "Сумма";
export const stateColumn = "Состояние";
export const performerColumn = "Исполнитель";
export const createdColumn = "Создана";

export const lookButton = "Вид таблицы";
export const columnsTitle = "Колонки";
export const denseLabel = "плотные строки";

export const tickColumn = "Выбор";
export const nearestFirst = "сначала ближайшие";
export const newestFirst = "сначала новые";
export const tickLabel = (number: string) => `Выбрать № ${number}`;

// Filters.
export const searchPlaceholder = "Поиск: номер, клиент, адрес, телефон, заводской №";
export const searchKey = "Клавиша /";
export const searchLabel = "Поиск";
export const urgencyLabel = "Срочность";
export const anyUrgency = "любая срочность";
export const districtLabel = "Район";
export const allDistricts = "все районы";
export const fromLabel = "с";
export const toLabel = "по";

export const searchChip = (text: string) => `найти: ${text}`;
export const districtChip = (district: string) => `район: ${district}`;
export const fromChip = (day: string) => `с ${day}`;
export const toChip = (day: string) => `по ${day}`;
export const chipsLabel = "Фильтры";
export const dropChip = (text: string) => `Убрать фильтр: ${text}`;
export const dropAllChips = "Сбросить все";

// Saved lists.
export const sharedListOf = (who: string) => `Общий список: ${who}`;
export const ownList = "Ваш список";
export const sharedSign = "общий";
export const saveListButton = "Сохранить список";
export const savedListsLabel = "Сохранённые списки";
export const saveListHint = "Запомнятся фильтры и порядок заявок. Список с таким же именем заменится.";
export const listNameLabel = "Имя";
export const shareLabel = "виден всем в офисе";
export const saveButton = "Сохранить";
export const closeButton = "Закрыть";
export const savedTitle = "Сохранённые";
export const sharedBy = (who: string) => `общий, ${who}`;
export const own = "ваш";
export const deleteButton = "Удалить";

// One act for all ticked orders.
export const bulkResult = (done: string, count: number, all: number) => `${done}: ${count} из ${all}`;
export const bulkCancelled = "Отменено";
export const bulkPostponed = "Перенесено";
export const tickedLabel = "Выбранные заявки";
export const bulkProgress = "Сделано";
export const countOf = (count: number, all: number) => `${count} из ${all}`;
export const stopButton = "Остановить";
export const tickedCount = (count: number) => `Выбрано: ${count}`;
export const bulkOffered = "Предложено";
export const offerButton = "Предложить исполнителям";
export const postponeButton = "Перенести…";
export const cancelButton = "Отменить…";
export const untickButton = "Снять выбор";
export const newDayLabel = "Новый день";
export const newFromLabel = "С";
export const newToLabel = "До";
export const reasonLabel = "Почему";
export const cancelAllButton = "Отменить заявки";
export const postponeAllButton = "Перенести заявки";
