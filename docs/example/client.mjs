// A second client of the sync protocol, written from docs/protocol.md alone. It enrols a phone for the invented
// Гостев, accepts his offer, measures two meters (one fails), signs, and waits until the office has made the papers.
//
//   scripts/run                                                  # a server with the example day
//   cd docs/example && npm install && node client.mjs http://127.0.0.1:8080
//
// An example to read. It keeps nothing on disk, so it is no phone: see «One exchange» in the protocol.
import * as Automerge from "@automerge/automerge";
import { createHash, generateKeyPairSync, randomBytes, sign as ed25519 } from "node:crypto";
import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

const base = process.argv[2] ?? "http://127.0.0.1:8080";
const dictionary = readFileSync(new URL("../../sync-core/dictionary/1.bin", import.meta.url));
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();

// ── section 1: deterministic CBOR ───────────────────────────────────────────────────────────────────────────────
function head(major, value) {
  const n = BigInt(value);
  const width = n < 24n ? 0 : n < 1n << 8n ? 1 : n < 1n << 16n ? 2 : n < 1n << 32n ? 4 : 8;
  const bytes = Buffer.from(n.toString(16).padStart(width * 2, "0"), "hex");
  const short = width === 0 ? Number(n) : { 1: 24, 2: 25, 4: 26, 8: 27 }[width];
  return Buffer.concat([Buffer.from([(major << 5) | short]), width === 0 ? Buffer.alloc(0) : bytes]);
}

function encode(value) {
  if (value === null) return Buffer.from([0xf6]);
  if (typeof value === "boolean") return Buffer.from([value ? 0xf5 : 0xf4]);
  if (typeof value === "number") return value < 0 ? head(1, -value - 1) : head(0, value);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(encode)]);
  const keys = Object.keys(value).filter((key) => value[key] !== undefined).map(Number).sort((a, b) => a - b);
  return Buffer.concat([head(5, keys.length), ...keys.flatMap((key) => [encode(key), encode(value[key])])]);
}

function decode(bytes) {
  let at = 0;
  const next = () => {
    const first = bytes[at++];
    const [major, short] = [first >> 5, first & 31];
    let n = short;
    if (short >= 24 && short <= 27) {
      const width = 1 << (short - 24);
      n = Number(BigInt(`0x${hex(bytes.subarray(at, at + width))}`));
      at += width;
    }
    if (major === 0) return n;
    if (major === 1) return -1 - n;
    if (major === 2 || major === 3) {
      const found = Buffer.from(bytes.subarray(at, at + n));
      at += n;
      return major === 2 ? found : found.toString();
    }
    if (major === 4) return Array.from({ length: n }, next);
    if (major === 5) return Object.fromEntries(Array.from({ length: n }, () => [next(), next()]));
    return short === 21 ? true : short === 20 ? false : null;
  };
  return next();
}

/** A UUIDv7 of 16 bytes. */
function freshId() {
  const id = randomBytes(16);
  id.writeUIntBE(Date.now(), 0, 6);
  id[6] = (id[6] & 0x0f) | 0x70;
  id[8] = (id[8] & 0x3f) | 0x80;
  return id;
}

/** No contact is counted here: the wall clock alone. */
const evidence = (now = Date.now()) => ({ 0: now, 1: 1, 2: now });

// ── section 2: a phone introduces itself ────────────────────────────────────────────────────────────────────────
async function json(path, body, token) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(base + path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

const { access } = await json("/v1/login", { login: "admin", password: "vyezd-demo" });
const person = (await json("/v1/people", null, access)).find(({ name }) => name.startsWith("Гостев"));
const { code } = await json(`/v1/people/${person.id}/enrol-code`, {}, access);

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const key = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
const sign = (bytes) => ed25519(null, bytes, privateKey);
const install = freshId();
const enrolled = await json("/v1/devices/enrol", { code, name: "пример", install: hex(install), public_key: hex(key) });
const device = Buffer.from(enrolled.device, "hex");
const { challenge } = await json("/v1/devices/challenge", { device: enrolled.device });
const { token } = await json("/v1/devices/token", { device: enrolled.device, challenge, signature: hex(sign(Buffer.from(challenge))) });

// ── sections 3, 4, 6: one exchange ──────────────────────────────────────────────────────────────────────────────
const state = { cursor: { 0: 0, 1: 0 }, mark: undefined, reference: undefined, leases: [] };

async function sync(items = {}) {
  const request = { 0: 1, 1: install, 2: state.cursor, 8: state.reference?.[0], 9: state.mark, ...items };
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/cbor" };
  const answer = await fetch(`${base}/v1/sync`, { method: "POST", headers, body: encode(request) });
  let bytes = Buffer.from(await answer.arrayBuffer());
  if (!answer.ok) throw new Error(`${answer.status} ${bytes}`);
  if (bytes[0] === 1) bytes = inflateRawSync(bytes.subarray(1), { dictionary });
  const response = decode(bytes);
  state.cursor = response[5];
  state.mark = response[12] ?? state.mark;
  state.reference = response[10] ?? state.reference;
  state.leases.push(...(response[9] ?? []));
  for (const receipt of response[1] ?? []) if (receipt[1] > 1) throw new Error(`${receipt[2]}: ${receipt[3]}`);
  return response;
}

const first = await sync();
const [offer, order, visit] = first[4].find(([event]) => event === 0)[1];
const card = first[2].find((known) => known[0].equals(order));
console.log(`offered: order ${card[1]}, ${card[12]}`);
const leasesHeld = state.leases.map((lease) => ({ 0: lease[0], 1: lease[4] }));
await sync({ 4: leasesHeld, 5: [{ 0: freshId(), 1: [2, [offer, true, ""]], 2: evidence() }] });

// ── sections 10, 11: the document, signed batches ───────────────────────────────────────────────────────────────
const nonce = randomBytes(8);
const actor = sha256("vyezd-actor-1", key, order, install, nonce).subarray(0, 16);
const chunks = first[3].find((known) => known[0].equals(order))[1];
let document = Automerge.clone(Automerge.loadIncremental(Automerge.init(), Buffer.concat(chunks)), { actor: hex(actor) });
const batches = [];

/** One save: one change, one batch. */
function save(write) {
  document = Automerge.change(document, { time: 0 }, (root) => write(root.visits[hex(visit)], root));
  const change = Buffer.from(Automerge.getLastLocalChange(document));
  const hash = Buffer.from(Automerge.decodeChange(change).hash, "hex");
  const n = batches.length + 1;
  const signature = sign(encode(["vyezd-batch-1", order, device, install, n, actor, [hash]]));
  batches.push({ 0: order, 1: device, 2: install, 3: n, 4: actor, 5: nonce, 6: [change], 7: signature });
}

const text = (value) => new Automerge.ImmutableString(value);
const record = (value) => new Uint8Array(encode(value));
const POINTS = ["Qмин", "1,1Qп", "Qнаиб"];
const FLOWS = ["0.031", "0.132", "0.940"];
const DIALS = [["18.0400", "18.0462", "0.0062"], ["18.0470", "18.0602", "0.0132"], ["18.0610", "18.0925", "0.0313"]];
const conditions = (instrument) => ({ 0: "22.8", 1: "52", 2: "99.4", 3: instrument[5] === 0 ? "12.6" : "56", 4: 0 });

save((of) => (of.times.arrived = record(evidence())));
const measured = new Map();
for (const instrument of card[15]) {
  save((of) => {
    const { identity, conditions: at, checks, means } = of.instruments[hex(instrument[0])];
    identity.type_number = text(instrument[1]);
    identity.modification = text(instrument[2]);
    identity.serial_number = text(instrument[3]);
    identity.year = instrument[4];
    identity.water = text(["cold", "hot"][instrument[5]]);
    identity.position = text(["horizontal", "vertical"][instrument[6]]);
    identity.source = text("typed");
    const values = conditions(instrument);
    for (const phase of ["start", "end"]) {
      ["air_c", "humidity_percent", "pressure_kpa", "water_c"].forEach((name, n) => (at[phase][name] = text(values[n])));
      at[phase].source = text("typed");
    }
    for (const check of ["visual", "operation", "tightness"]) checks[check] = record({ 0: true, 1: "" });
    for (const one of state.reference[3]) means[hex(one[0])] = true;
  });
  const rows = POINTS.map((point, n) => {
    const [start, end, reference] = DIALS[n];
    // The dial of the second meter stays behind at the smallest flow.
    const stays = n === 0 && instrument !== card[15][0];
    return { id: freshId(), row: { 0: point, 1: FLOWS[n], 2: start, 3: stays ? "18.0458" : end, 4: reference, 5: "720", 6: 0 } };
  });
  save((of) => rows.forEach(({ id, row }) => (of.instruments[hex(instrument[0])].measurements[hex(id)] = record(row))));
  measured.set(instrument, rows);
}
save((of) => {
  of.money.received_kop = card[14];
  of.money.method = text("cash");
  of.outcome.kind = text("done");
});

// ── section 12: what the client reads ───────────────────────────────────────────────────────────────────────────
/** Decimals as [whole number, decimals]. */
const parse = (decimal) => [BigInt(decimal.replace(".", "")), (decimal.split(".")[1] ?? "").length];
const print = (whole, decimals) => {
  const digits = (whole < 0n ? -whole : whole).toString().padStart(decimals + 1, "0");
  return `${whole < 0n ? "-" : ""}${digits.slice(0, -decimals || undefined)}${decimals ? `.${digits.slice(-decimals)}` : ""}`;
};
const scaled = (decimal, to) => parse(decimal)[0] * 10n ** BigInt(to - parse(decimal)[1]);

function minus(one, other) {
  const decimals = Math.max(parse(one)[1], parse(other)[1]);
  return print(scaled(one, decimals) - scaled(other, decimals), decimals);
}

/** δ, rounded half away from zero to one decimal; never «-0.0». */
function errorPercent(volume, reference) {
  const decimals = Math.max(parse(volume)[1], parse(reference)[1]);
  const [is, should] = [scaled(volume, decimals), scaled(reference, decimals)];
  const off = is < should ? should - is : is - should;
  const tenths = (off * 10_000n / should + 5n) / 10n;
  return print(is < should && tenths > 0n ? -tenths : tenths, 1);
}

const now = Date.now();
const SARATOV_H = 4;
const date = new Date(now + SARATOV_H * 3_600_000).toISOString().slice(0, 10);
/** The anniversary minus one day; the rule for 29 February is left out of this example. */
const validUntil = (years) => {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCFullYear(day.getUTCFullYear() + years);
  return new Date(day.getTime() - 86_400_000).toISOString().slice(0, 10);
};
const issuer = state.reference[1].find((known) => known[0].equals(card[3]));
const used = [];
const [PROTOCOL, CERTIFICATE, NOTICE] = [0, 1, 2];
function number(kind, instrument) {
  const lease = state.leases.find((held) => held[1].equals(card[3]) && held[2] === kind && held[3] === Number(date.slice(0, 4)));
  const taken = lease[4] + used.filter((one) => one[1] === kind).length;
  used.push({ 0: lease[0], 1: kind, 2: instrument[0], 3: taken });
  const template = issuer[6][kind].replace("{код}", issuer[5]).replace("{ГГГГ}", date.slice(0, 4));
  return template.replace(/\{номер:(\d+)\}/, (_, width) => String(taken).padStart(Number(width), "0"));
}
const russian = (decimal) => decimal.replace(".", ",").replace("-", "\u2212");

function sealed(instrument) {
  const type = state.reference[5].find((known) => known[0] === instrument[1] && known[1] === instrument[2]);
  const method = state.reference[4].find((known) => known[0] === type[3]);
  const isB = instrument[6] === 0;
  const [qMin, qT] = isB ? [type[4], type[6]] : [type[5], type[7]];
  const rows = measured.get(instrument).map(({ id, row }) => {
    const volume = minus(row[3], row[2]);
    const error = errorPercent(volume, row[4]);
    const limit = Number(row[1]) >= Number(qT) ? type[11] : type[10];
    const within = Math.abs(Number(error)) <= Number(limit);
    return { 0: id, 1: row[0], 2: row[1], 3: row[2], 4: row[3], 5: volume, 6: row[4], 7: row[5], 8: error, 9: limit, 10: within, 11: row[6] };
  });
  const bad = rows.filter((row) => !row[10]);
  const reasons = bad.map((row) => `погрешность в точке ${row[1]} ${russian(row[8])} % при допуске ±${russian(row[9])} %`);
  const isFit = bad.length === 0;
  return {
    0: instrument[0], 1: instrument[1], 2: instrument[2], 3: instrument[3], 4: instrument[4], 5: instrument[5], 6: instrument[6],
    7: type[3], 8: method[1], 9: isFit ? 0 : 1, 10: reasons,
    11: isFit ? validUntil(type[instrument[5] === 0 ? 12 : 13]) : undefined,
    12: [0, 1, 2].map((check) => ({ 0: check, 1: { 0: true, 1: "" } })),
    13: conditions(instrument), 14: conditions(instrument), 15: rows,
    16: state.reference[3].map((one) => ({ 0: one[1], 1: one[2], 2: one[3], 3: one[4], 4: one[6] })),
    17: number(PROTOCOL, instrument),
    18: isFit && card[16] ? number(CERTIFICATE, instrument) : undefined,
    19: isFit ? undefined : number(NOTICE, instrument),
    20: type[2], 21: qMin, 22: qT, 23: type[8], 24: type[9],
  };
}

const instruments = [...card[15]].sort((a, b) => Buffer.compare(a[0], b[0])).map(sealed);
const view = {
  0: 1, 1: order, 2: visit, 3: card[1], 4: card[3], 5: issuer[1], 6: state.reference[2][0], 7: state.reference[2][1],
  8: card[10], 9: card[12], 10: date, 11: card[5], 12: 1, 13: instruments,
  14: [{ 0: `Поверка приборов учёта воды: ${instruments.length}`, 1: card[14] }], 15: card[14], 16: card[14], 17: 0,
};
const strokes = encode({ 0: 1000, 1: 400, 2: [[[10, 20, 0, 0], [200, 60, 16, 0], [300, 20, 30, 0]]] });
const heads = Automerge.getHeads(document).map((one) => Buffer.from(one, "hex"));
const body = encode({
  0: 1, 1: visit, 3: encode(view), 4: heads, 6: sha256(strokes), 7: 1, 8: state.reference[0],
  9: [0, [card[10], "собственник"]], 11: 1, 12: evidence(now), 13: device, 14: used,
});
const seal = freshId();
const signed = encode({ 0: body, 1: sign(encode(["vyezd-seal-1", order, seal, body])) });
save((_, root) => (root.seals[hex(seal)] = { record: new Uint8Array(signed), strokes: new Uint8Array(strokes) }));
for (const one of instruments) console.log(`№ ${one[3]}: ${["fit", "unfit"][one[9]]}`, [one[17], one[18], one[19]].filter(Boolean).join(", "), ...one[10]);

// ── the work goes out; event 4 says that the papers are made, event 6 that the office is asked ──────────────────
let response = await sync({ 6: batches });
const about = () => (response[4] ?? []).find(([event]) => event === 4 || event === 6);
for (let tries = 0; !about() && tries < 40; tries++) {
  await new Promise((resolve) => setTimeout(resolve, 500));
  response = await sync();
}
const [event, fields] = about() ?? [];
if (event !== 4) throw new Error(`not issued: ${fields?.[2]}`);
console.log(`issued: ${fields[2]}`);
const token16 = hex(sha256("vyezd-client-page-1", signed).subarray(0, 16));
if (fields[2] !== `${state.reference[7]}/s/${token16}`) throw new Error("the link was foreseen otherwise");
