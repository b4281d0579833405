// The zone of an order or of the firm.

export const byAddress = "по адресу";
export const likeFirm = "как у организации";
export const label = "Часовой пояс";
export const hint =
  "Пояс берётся по «г. …» или области в адресе, иначе — пояс организации. Выберите другой, если место " +
  "не там.";
