/** Kinds of what a run may find, as the summary counts them. */
export const PROBLEM_KINDS = [
  'lost lines',
  'doubled lines',
  'wrong text',
  'double scripts',
  'wrong results',
  'secrets shown',
  'leftovers',
  'agent',
] as const;

export interface Problem {
  readonly kind: (typeof PROBLEM_KINDS)[number];
  readonly text: string;
}
