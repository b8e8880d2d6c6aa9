/** The status of an outcome without any answer, and of one where no request could be made (bad URL, unreadable TLS file). */
export const noAnswer = -1;
export const noClient = -100;

/** Why a runner-level call failed. `status` is the HTTP status, -1 for no usable answer, -100 when no request could be made at all. */
export class CoordinatorError extends Error {
  readonly call: string;
  readonly url: string;
  readonly status: number;
  /** The coordinator's own words, or what went wrong on the way; may be empty. */
  readonly detail: string;

  constructor(facts: Readonly<Pick<CoordinatorError, 'call' | 'url' | 'status' | 'detail'>>, options?: ErrorOptions) {
    const { call, url, status, detail } = facts;
    const code = status > 0 ? `${status}` : 'no answer';
    super(`${call} at ${url}: ${status === noClient ? detail : [code, detail].filter(Boolean).join(', ')}`, options);
    this.name = 'CoordinatorError';
    this.call = call;
    this.url = url;
    this.status = status;
    this.detail = detail;
  }
}

export const isCoordinatorError = (error: unknown): error is CoordinatorError => error instanceof CoordinatorError;

/** No request can be made with these settings. */
export class UnusableClientError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnusableClientError';
  }
}

export const isUnusableClientError = (error: unknown): error is UnusableClientError =>
  error instanceof UnusableClientError;
