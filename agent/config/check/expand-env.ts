const REFERENCE = /\$(?:\{(\w+)\}|(\w+))/g;

/** A text with its `$NAME` and `${NAME}` replaced, and the names that the environment does not have. */
export interface Expansion {
  readonly text: string;
  readonly missing: readonly string[];
}

/** Replaces references to environment variables in a url or token of the config file. */
export function expandEnv(text: string, env: NodeJS.ProcessEnv): Expansion {
  const missing: string[] = [];
  const expanded = text.replace(REFERENCE, (_, braced: string | undefined, bare: string | undefined) => {
    const name = braced ?? bare ?? '';
    const value = env[name];
    if (value === undefined) missing.push(name);
    return value ?? '';
  });
  return { text: expanded, missing };
}
