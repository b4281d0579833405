// What an address of the page may carry behind its `#`: a code to enrol with, or the answer to a notification.

/** The button of a notification that was pressed; null: the notification itself. */
export interface NotificationAnswer {
  offer: string;
  accept: boolean | null;
}

/** The enrolment code of the office's link. */
export function codeInHash(hash: string): string {
  return /enrol=([\d-]+)/.exec(hash)?.[1] ?? "";
}

export function answerInHash(hash: string): NotificationAnswer | null {
  const pattern = /#offer=(?<offer>[0-9a-f]{32})(?:&accept=(?<accept>true|false))?/;
  const { offer, accept } = pattern.exec(hash)?.groups ?? {};
  return offer ? { offer, accept: accept ? accept === "true" : null } : null;
}

/** The address that the service worker opens when no page is there to be told. */
export function hashOfAnswer({ offer, accept }: NotificationAnswer): string {
  return accept === null ? `#offer=${offer}` : `#offer=${offer}&accept=${accept}`;
}
