import { STATUS_CODES } from 'node:http';

/** An answer other than success, in the form that GitLab gives it: `{"message": "403 Forbidden"}` or `{"error": "token is missing"}`. */
export class HttpError extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body?: { readonly message: unknown } | { readonly error: string }) {
    const text = `${status} ${STATUS_CODES[status] ?? 'Unknown'}`;
    super(text);
    this.name = 'HttpError';
    this.status = status;
    this.body = body ?? { message: text };
  }
}

export const isHttpError = (error: unknown): error is HttpError => error instanceof HttpError;

/** 400 in the words of GitLab's parameter check. */
export const missingParameter = (name: string): HttpError => new HttpError(400, { error: `${name} is missing` });

/** 403 with a reason for the log of whoever asked. */
export const forbidden = (reason?: string): HttpError =>
  new HttpError(403, { message: reason === undefined ? '403 Forbidden' : `403 Forbidden - ${reason}` });
