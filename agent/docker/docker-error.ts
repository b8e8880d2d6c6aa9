/** The engine answered a call with an error. `status` is its HTTP status, the message is the engine's own sentence. */
export class DockerError extends Error {
  override readonly name = 'DockerError';
  readonly status: number;

  constructor(message: string, status: number, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** The engine did not answer: no socket, no permission, or the connection broke. `code` is the system's error code. */
export class EngineUnreachableError extends Error {
  override readonly name = 'EngineUnreachableError';
  readonly code: string;
  readonly host: string;

  constructor(host: string, code: string, options?: ErrorOptions) {
    super(unreachableSentence(host, code), options);
    this.code = code;
    this.host = host;
  }
}

export const isNotFound = (error: unknown): boolean => error instanceof DockerError && error.status === 404;

/** "It is gone already, or on its way": success for whoever wanted it gone. */
export const isGone = (error: unknown): boolean =>
  error instanceof DockerError &&
  (error.status === 404 || (error.status === 409 && /already in progress|is not running/.test(error.message)));

/** Turns whatever the client library threw into one of the two error classes; aborts pass through. */
export function toDockerError(error: unknown, host: string): unknown {
  if (!(error instanceof Error) || error.name === 'AbortError') return error;
  const status = numberField(error, 'statusCode');
  if (status !== undefined) return new DockerError(engineMessage(error), status, { cause: error });
  const code = stringField(error, 'code');
  return code === undefined ? error : new EngineUnreachableError(host, code, { cause: error });
}

function engineMessage(error: Error): string {
  const json: unknown = Reflect.get(error, 'json');
  const message = typeof json === 'object' && json !== null ? stringField(json, 'message') : undefined;
  return (message ?? error.message.replace(/^\(HTTP code \d+\) [^-]*- /, '')).trim();
}

function unreachableSentence(host: string, code: string): string {
  if (code === 'ENOENT') return `no Docker Engine at ${host}: start it, or set "host" in [runners.docker]`;
  if (code === 'ECONNREFUSED') return `nothing listens at ${host}: start the Docker Engine`;
  if (code === 'EACCES' || code === 'EPERM')
    return `no permission to use the Docker Engine at ${host}: run the agent as a user of its group`;
  return `the connection to the Docker Engine at ${host} broke (${code})`;
}

function numberField(value: object, key: string): number | undefined {
  const field: unknown = Reflect.get(value, key);
  return typeof field === 'number' ? field : undefined;
}

function stringField(value: object, key: string): string | undefined {
  const field: unknown = Reflect.get(value, key);
  return typeof field === 'string' ? field : undefined;
}
