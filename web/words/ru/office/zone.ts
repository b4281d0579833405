// The zone of an order or of the firm.

export const byAddress = "по адресу";
export const likeFirm = "как у организации";
export const label = "Часовой пояс";
export const hint =
  "Часовой пояс определяется по городу или области в адресе, иначе — как у организации. Если он другой, " +
  "выберите его.";
