// How long ago, how far.

export const metres = (count: number) => `${count} м`;
export const kilometres = (count: string) => `${count} км`;

export const justNow = "только что";
export const minutesAgo = (count: number) => `${count} мин назад`;
export const hoursAgo = (count: number) => `${count} ч назад`;
export const longAgo = "больше суток назад";
