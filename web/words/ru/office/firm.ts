// The firm: its particulars, methods, means, numbers, questions and answers.

// Particulars.
export const nameLabel = "Название";
export const addressLabel = "Адрес";
export const accreditationLabel = "Номер в реестре аккредитованных лиц";
export const signCipherLabel = "Шифр знака поверки";
export const codeLabel = "Код в номерах документов";
export const headLabel = "Руководитель";
export const phoneLabel = "Телефон для клиентов";
export const hoursLabel = "Часы, когда предлагать заявки";
export const protocolTemplateLabel = "Номер протокола";
export const certificateTemplateLabel = "Номер свидетельства";
export const noticeTemplateLabel = "Номер извещения";
export const title = "Организация";
export const saved = "Реквизиты сохранены.";
export const specimen = "Учебная организация: на документах стоит «ОБРАЗЕЦ».";
export const saveButton = "Сохранить реквизиты";
export const methodsTitle = "Методики";
export const methodColumn = "Методика";
export const pointsColumn = "Точки";
export const approvedColumn = "Утверждена";
export const notApproved = "нет: применять нельзя";
export const methodApproved = "Методика утверждена.";
export const approveButton = "Утвердить";
export const typesCount = (count: number) => `Типов в справочнике: ${count}.`;
export const meansTitle = "Эталоны и средства поверки";
export const meansHint =
  "Телефон предлагает метрологу то, что носит он сам; общее — когда своего такого нет. В документы попадает " +
  "только то, чем поверяли.";
export const meansMeasuresColumn = "Чем служит";
/** What a means measures, by its code. */
export const meansMeasures: Record<string, string> = {
  rig: "установка",
  thermohygrometer: "термогигрометр",
  barometer: "барометр",
  water_thermometer: "термометр воды",
  stopwatch: "секундомер",
};
export const measuresNothing = "не указано";
export const meansMeasuresLegend = "Чем служит (не отмечено — по названию)";
export const meansAccuracyLabel = "Разряд, класс или погрешность";
export const meansAccuracyExample = "3-й разряд";
export const meansCertificateLabel = "№ свидетельства о его поверке";
export const meansCarrierColumn = "Кто носит";
export const carrierOf = (title: string, serial: string) => `Кто носит: ${title} ${serial}`;
export const carriedByAll = "общее";
export const meansGiven = "Записано, телефоны узнают при следующей связи.";
export const meansExpired = ", срок вышел";
export const meansNameColumn = "Название";
export const meansNumberColumn = "Номер";
export const meansSerialColumn = "Зав. №";
export const meansValidColumn = "Действует до";
export const meansAdded = "Средство поверки добавлено.";
export const meansNameLabel = "Название";
export const meansKindLabel = "Вид";
export const meansAsReference = "Средство измерений как эталон";
export const meansInUse = "Средство измерений при поверке";
export const reference = "эталон";
export const meansNumberLabel = "Номер";
export const meansSerialLabel = "Зав. №";
export const validFromLabel = "Действует с";
export const validUntilLabel = "до";
export const addButton = "Добавить";
export const numbersTitle = "Номера документов";
export const seriesColumn = "Серия";
export const yearColumn = "Год";
export const issuedColumn = "Последний выданный";
export const leasedColumn = "На телефонах";
export const usedColumn = "Использовано";
export const otherColumn = "Испорчено и прочее";
export const forProgrammers = "Для разработчиков:";
export const interfaceLink = "описание интерфейса";
export const inEnglish = " (на английском).";

// Questions and answers.
export const faqTitle = "Вопросы и ответы для телефонов";
export const questionLabel = "Вопрос";
export const answerLabel = "Ответ";
export const removeButton = "Убрать";
export const faqSaved = "Сохранено: придёт на телефоны при ближайшей связи.";
export const addQuestionButton = "Добавить вопрос";
export const saveFaqButton = "Сохранить вопросы";
