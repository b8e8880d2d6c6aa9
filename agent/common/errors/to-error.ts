/** What was thrown, as an error: itself, or one that says what it was. */
export const toError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
