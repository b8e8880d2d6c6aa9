/** A spot in a job file; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The job file cannot become a pipeline. `message` is `path:line:column: sentence`. */
export class JobYamlError extends Error {
  override readonly name = 'JobYamlError';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly sentence: string;

  constructor(place: Place, sentence: string, options?: ErrorOptions) {
    super(`${place.file}:${place.line}:${place.column}: ${sentence}`, options);
    this.file = place.file;
    this.line = place.line;
    this.column = place.column;
    this.sentence = sentence;
  }
}

export function isJobYamlError(error: unknown): error is JobYamlError {
  return error instanceof JobYamlError;
}
