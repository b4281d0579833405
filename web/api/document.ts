// The server's description of its interface (OpenAPI 3.1, as utoipa writes it), and what the page asks of it.

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: string[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  allOf?: Schema[];
  oneOf?: Schema[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
}

export interface Example {
  $ref?: string;
  value?: unknown;
}

export interface Media {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, Example>;
}

export interface Header {
  description?: string;
  schema?: Schema;
}

export interface Response {
  $ref?: string;
  description?: string;
  content?: Record<string, Media>;
  headers?: Record<string, Header>;
}

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  description?: string;
  schema?: Schema;
  example?: unknown;
}

export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, Media> };
  responses: Record<string, Response>;
  security?: Record<string, string[]>[];
}

export interface Api {
  info: { title: string; version: string; description?: string };
  tags: { name: string; description?: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    examples: Record<string, Example>;
    responses: Record<string, Response>;
    securitySchemes: Record<string, { type: string; description?: string }>;
  };
}

/** An operation with its address, and all that a search looks at. */
export interface Listed {
  method: string;
  path: string;
  operation: Operation;
  text: string;
}

export interface Group {
  name: string;
  description: string;
  operations: Listed[];
}

export interface Field {
  name: string;
  required: boolean;
  schema: Schema;
}

/** What a reference names, or the value itself. */
export function follow<T extends { $ref?: string }>(api: Api, value: T): T {
  if (!value.$ref?.startsWith("#/")) return value;
  let found: unknown = api;
  for (const part of value.$ref.slice(2).split("/")) found = (found as Record<string, unknown>)[part];
  return (found ?? value) as T;
}

/** Operations under their tags, in the order in which the server explains them. */
export function groups(api: Api): Group[] {
  const all = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method,
      path,
      operation,
      text: searchText(api, method, path, operation),
    })),
  );
  return api.tags.map(({ name, description = "" }) => ({
    name,
    description,
    operations: all.filter(({ operation }) => operation.tags[0] === name),
  }));
}

function searchText(api: Api, method: string, path: string, one: Operation): string {
  const answers = Object.entries(one.responses).map(
    ([status, answer]) => `${status} ${follow(api, answer).description ?? ""}`,
  );
  const asked = (one.parameters ?? []).map(({ name, description }) => `${name} ${description ?? ""}`);
  const bodies = [one.requestBody, ...Object.values(one.responses)].flatMap((holder) =>
    Object.values(holder?.content ?? {}).map(({ schema }) => (schema ? kind(schema) : "")),
  );
  const own = [method, path, one.operationId, one.summary, one.description ?? "", ...one.tags];
  return [...own, ...asked, ...answers, ...bodies].join(" ").toLowerCase();
}

/** Groups with only what has every word of a search in it. */
export function matching(all: Group[], asked: string): Group[] {
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ text }: Listed) => words.every((word) => text.includes(word));
  return all
    .map((group) => ({ ...group, operations: group.operations.filter(fits) }))
    .filter(({ operations }) => operations.length > 0);
}

/** The name of the type that a schema is, or is a list of. */
export function named(schema: Schema): string | undefined {
  const place = schema.$ref ?? schema.oneOf?.find(({ $ref }) => $ref)?.$ref;
  if (place) return place.split("/").at(-1);
  return schema.items ? named(schema.items) : undefined;
}

/** A schema in a word or two. */
export function kind(schema: Schema): string {
  if (schema.$ref) return schema.$ref.split("/").at(-1) ?? "";
  if (schema.oneOf) return schema.oneOf.map(kind).join(" or ");
  if (schema.items) return `list of ${kind(schema.items)}`;
  if (schema.format === "binary") return "bytes";
  const types = [schema.type ?? "anything"].flat().join(" or ");
  return [types, bounds(schema)].filter(Boolean).join(", ");
}

function bounds({ minimum, maximum, maxLength }: Schema): string {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (minimum !== undefined) return `from ${minimum}`;
  if (maximum !== undefined) return `to ${maximum}`;
  return maxLength === undefined ? "" : `at most ${maxLength} characters`;
}

/** The fields of an object, those of the types that it is put together from first. */
export function fields(api: Api, schema: Schema): Field[] {
  const whole = follow(api, schema);
  const own = Object.entries(whole.properties ?? {}).map(([name, property]) => ({
    name,
    required: whole.required?.includes(name) ?? false,
    schema: property,
  }));
  return [...(whole.allOf ?? []).flatMap((part) => fields(api, part)), ...own];
}

/** What a field is, where its own schema does not say so. */
export function meaning(api: Api, schema: Schema): string {
  const inner = schema.oneOf?.find(({ description }) => description);
  return schema.description ?? inner?.description ?? follow(api, schema).description ?? "";
}

/** The first example of a body as text. */
export function shown(api: Api, media: Media): string | undefined {
  const first = Object.values(media.examples ?? {})[0];
  const value = media.example ?? (first && follow(api, first).value);
  if (value === undefined) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

/** Who may ask, for people. */
export function access(operation: Operation): string {
  const security = operation.security ?? [];
  if (!security.length) return "Anybody";
  const one = (asked: Record<string, string[]>) =>
    Object.entries(asked).map(([scheme, roles]) =>
      roles.length ? `${scheme}, role ${roles.join(" or ")}` : scheme,
    )[0] ?? "nobody’s token";
  return security.map(one).join(" · or · ");
}
