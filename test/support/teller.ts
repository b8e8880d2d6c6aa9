/** A service's command that says $TEXT to everybody who connects to its port. */
export const TELL = 'while :; do echo "$TEXT" | nc -l -p 8080 >/dev/null; done';

/** Asks a service made by `teller` for its words; it answers one at a time, so the question is repeated. */
export const ask = (host: string): string =>
  `for i in $(seq 20); do said=$(nc -w 1 ${host} 8080 </dev/null 2>/dev/null || true); [ -z "$said" ] || break; sleep 0.1; done; echo "${host}: $said"`;

/** A service of a job that says `text`. */
export const teller = (text: string, more: object = {}): object => ({
  name: 'busybox:latest',
  command: ['sh', '-c', TELL],
  variables: [{ key: 'TEXT', value: text }],
  ...more,
});
