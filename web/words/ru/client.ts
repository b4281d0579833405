// What a client reads behind the QR: large type, no jargon.

export const noConnection = "Нет связи с сервером. Проверьте интернет и обновите страницу.";
export const unavailable = "Страница временно недоступна. Попробуйте через минуту.";
export const linkUnknown =
  "По этой ссылке ничего нет. Проверьте, что она введена полностью, или отсканируйте код ещё раз.";
export const linkClosed = "Эту ссылку закрыла организация: документы попросите у неё.";
export const linkExpired =
  "Срок этой ссылки истёк. За документами обратитесь в организацию, которая проводила поверку.";
export const notOpenedTitle = "Страница не открылась";
export const resultsTitle = "Результат поверки счётчиков";
export const superseded = "Этот лист заменён более новым: попросите новую ссылку у организации.";
export const reasons = (reasons: string) => `Причина: ${reasons}`;
export const serial = (serial: string) => `Номер на счётчике: ${serial}`;
export const measurements = "Измерения";
export const papersTitle = "Документы";
export const papersInPreparation = "Документы готовятся, это займёт около минуты…";
export const registry = (fund: string) =>
  `Сведения передаются в государственный реестр (ФГИС «Аршин»): ${fund}. По закону поверку ` +
  "подтверждает запись в реестре, а не бумага.";
export const visitTitle = "О визите";
export const performer = (name: string) => `Метролог: ${name}`;
export const received = (rubles: string) => `Получено: ${rubles}`;
export const signature = (who: string) => `Подпись: ${who}`;
export const orderNumber = (number: string) => `Заявка № ${number}`;
export const opening = "Открываем…";
export const callFirm = "Позвонить:";

export const papers: Record<string, string> = {
  protocol: "Протокол",
  certificate: "Свидетельство о поверке",
  notice: "Извещение о непригодности",
  sheet: "Сервисный лист с вашей подписью",
};
export const otherPaper = "Документ";
/** «Протокол: счётчик холодной воды». */
export const paperOf = (paper: string, meter: string) => `${paper}: ${meter.toLowerCase()}`;
