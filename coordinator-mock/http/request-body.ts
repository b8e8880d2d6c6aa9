import type { FastifyRequest } from 'fastify';
import { HttpError } from './http-error.ts';

export type JsonObject = Record<string, unknown>;

/** The raw body, empty when there was none. */
export const readBytes = (request: FastifyRequest): Buffer =>
  Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);

/** The JSON body as an object. No body, `null` and anything that is not an object count as `{}`; text that is not JSON is a 400. */
export function readObject(request: FastifyRequest): JsonObject {
  const bytes = readBytes(request);
  if (bytes.length === 0) return {};
  try {
    return asObject(JSON.parse(bytes.toString('utf8')));
  } catch {
    throw new HttpError(400, { error: 'The request body is not JSON' });
  }
}

/** The value if it is a JSON object, else `{}`. */
export const asObject = (value: unknown): JsonObject => (isObject(value) ? value : {});

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field that holds text; empty text counts as absent. */
export function textField(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The query as plain text values; of a repeated parameter the last one. */
export function readQuery(request: FastifyRequest): Record<string, string> {
  const start = request.url.indexOf('?');
  return Object.fromEntries(new URLSearchParams(start < 0 ? '' : request.url.slice(start + 1)));
}

/** The `:id` of the path; NaN-free because the route only matches digits. */
export const idOf = (request: FastifyRequest): number => Number(asObject(request.params)['id']);
