/** One request as the registry itself has logged it. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly agent: string;
}

const LINE = /^\S+ - \S+ \[[^\]]*\] "(?<method>\S+) (?<path>\S+) [^"]*" (?<status>\d+) \d+ "[^"]*" "(?<agent>[^"]*)"/;

/** Reads one line of the registry's access log (combined log format); undefined: it is none. */
export function readAccessLine(line: string): LoggedRequest | undefined {
  const groups = LINE.exec(line)?.groups;
  if (groups === undefined) return undefined;
  const { method = '', path = '', status = '', agent = '' } = groups;
  return { method, path, status: Number(status), agent };
}

/** What the requests for one repository came to: how often a manifest or a layer was delivered. */
export interface Traffic {
  readonly manifestHeads: number;
  readonly manifestGets: number;
  readonly blobs: number;
}

/** Counts the answered requests for the repository; refused ones (401) are steps of a login and do not count. */
export function trafficOf(requests: readonly LoggedRequest[], repository: string): Traffic {
  const of = (method: string, kind: string): number =>
    requests.filter(
      (request) =>
        request.method === method && request.status < 400 && request.path.startsWith(`/v2/${repository}/${kind}/`),
    ).length;
  return { manifestHeads: of('HEAD', 'manifests'), manifestGets: of('GET', 'manifests'), blobs: of('GET', 'blobs') };
}
