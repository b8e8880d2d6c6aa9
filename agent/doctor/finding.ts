/** `fail`: jobs will not work; `warn`: somebody should know. */
export type Outcome = 'ok' | 'warn' | 'fail';

/** What one look showed. No field has a secret in it. */
export interface Finding {
  /** What was looked at: `engine`, `credentials` ... */
  readonly subject: string;
  /** Name of the runner, for what belongs to one. */
  readonly runner?: string;
  readonly outcome: Outcome;
  /** One sentence. */
  readonly text: string;
  /** How it came to that, one line each. */
  readonly details?: readonly string[];
}

export const ok = (subject: string, text: string, details: readonly string[] = []): Finding =>
  finding('ok', subject, text, details);
export const warn = (subject: string, text: string, details: readonly string[] = []): Finding =>
  finding('warn', subject, text, details);
export const fail = (subject: string, text: string, details: readonly string[] = []): Finding =>
  finding('fail', subject, text, details);

const finding = (outcome: Outcome, subject: string, text: string, details: readonly string[]): Finding => ({
  subject,
  outcome,
  text,
  ...(details.length > 0 ? { details } : {}),
});
