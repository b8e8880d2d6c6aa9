/** Further up it is less likely that a line has to do with the end. */
const LAST_LINES = 20;

/** What programs print when something beyond them is wrong, and what that most likely is. The table that docs/failures.md repeats. */
export const OUTPUT_HINTS: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [
    /No space left on device|\bENOSPC\b|Disk quota exceeded/i,
    'no space left on a disk: that of the engine, of a volume or of a tmpfs',
  ],
  [
    /Read-only file system|\bEROFS\b/i,
    'a write to a read-only file system: a volume with ":ro", or a container whose root is read-only',
  ],
  [
    /address (?:is )?already in use|address in use|\bEADDRINUSE\b|port is already allocated/i,
    'a port that is taken: with network_mode "host" all jobs and services of a host share its ports',
  ],
  [
    /cannot allocate memory|\bENOMEM\b|heap out of memory|java\.lang\.OutOfMemoryError/i,
    'memory that was not given: the limits of the program, of the container ("memory") or of the host',
  ],
  [
    /could not resolve host|temporary failure in name resolution|name or service not known|bad address '/i,
    'a host name that could not be resolved: check the name, and the DNS of the host',
  ],
  [
    /authentication failed|access denied|could not read (?:username|password)|permission denied \(publickey/i,
    'credentials that were refused, or are missing',
  ],
  [
    /certificate (?:verification failed|verify failed|signed by unknown authority)|SSL certificate problem|unable to get local issuer/i,
    'a TLS certificate that is not trusted here: its authority belongs into the image, or into tls-ca-file for sources',
  ],
  [
    /cannot connect to the docker daemon/i,
    'no Docker daemon that answers: the job needs a docker:dind service or the bound socket',
  ],
  [/exec format error/i, 'a program that is made for another processor architecture'],
];

/** The likely cause of a failure, from the last lines that were printed; undefined when they tell none. The last match counts. */
export function outputHint(text: string): string | undefined {
  const lines = text.split('\n').slice(-LAST_LINES);
  for (const line of lines.toReversed()) {
    const hint = OUTPUT_HINTS.find(([pattern]) => pattern.test(line))?.[1];
    if (hint !== undefined) return hint;
  }
  return undefined;
}
