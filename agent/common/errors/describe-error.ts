/** One sentence for an error: its text, and its causes' where they add something. Never a stack, never an error's other fields. */
export function describeError(error: unknown): string {
  const texts: string[] = [];
  for (let current = error, depth = 0; current instanceof Error && depth < 4; current = current.cause, depth++) {
    const inner: unknown = current instanceof AggregateError ? current.errors[0] : undefined;
    const text = current.message || (inner instanceof Error ? inner.message : current.name);
    if (!texts.some((known) => known.includes(text))) texts.push(text);
  }
  return texts.join(': ') || String(error);
}
