import type { Phone } from "./phone";

/** A message of its own to the office — an answer to an offer, a call for help, settings — kept until it is sent. */
export async function reply(phone: Phone, ask: { ask: string } & Record<string, unknown>): Promise<void> {
  await phone.handle({ input: "answer", id: await phone.freshId(), ask });
}
