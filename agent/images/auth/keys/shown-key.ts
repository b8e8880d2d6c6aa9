const MAX_LENGTH = 120;

/** A key as it may stand in a log: quoted, short, without control characters and without a password in its address. */
export function shownKey(key: string): string {
  const plain = key.replace(/^([a-z]+:\/\/)?[^/]*@/i, '$1***@');
  return JSON.stringify(plain.length > MAX_LENGTH ? `${plain.slice(0, MAX_LENGTH)}...` : plain);
}
