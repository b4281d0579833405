import type { CommandKind } from "./coreTypes";
import type { Phone } from "./phone";

/** A command to the server — an answer to an offer, a call for help, settings — kept until it is sent. */
export async function sendCommand(phone: Phone, kind: CommandKind): Promise<void> {
  await phone.handle({ input: "command", id: await phone.freshId(), kind });
}
