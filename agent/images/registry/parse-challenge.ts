/** What a registry asks for with a 401. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service: string | undefined };

const PART = /\s*,?\s*([!#$%&'*+.^_`|~\w-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|(?=\s|,|$))/y;

/** The challenge of a `WWW-Authenticate` header that can be met, Bearer before Basic; undefined when there is none. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  const schemes = new Map<string, Map<string, string>>();
  let params = new Map<string, string>();
  PART.lastIndex = 0;
  for (let match = PART.exec(header ?? ''); match?.[1] !== undefined; match = PART.exec(header ?? '')) {
    const name = match[1].toLowerCase();
    const value = match[2]?.replaceAll(/\\(.)/g, '$1') ?? match[3];
    if (value !== undefined) params.set(name, value);
    else if (!schemes.has(name)) schemes.set(name, (params = new Map()));
  }
  const bearer = schemes.get('bearer');
  const realm = bearer?.get('realm');
  if (realm !== undefined) return { scheme: 'bearer', realm, service: bearer?.get('service') };
  return schemes.has('basic') ? { scheme: 'basic' } : undefined;
}
