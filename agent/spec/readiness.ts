/** How it is found out that a service is ready. */
export type Probe =
  /** What its image says: HEALTHCHECK_TCP_PORT or EXPOSEd TCP ports, or its HEALTHCHECK. */
  | { readonly kind: 'image' }
  | { readonly kind: 'none' }
  | { readonly kind: 'tcp'; readonly port: number }
  /** An answer with a status below 400. `path` begins with a slash. */
  | { readonly kind: 'http'; readonly port: number; readonly path: string }
  /** A command line that ends with 0 in the service's container. */
  | { readonly kind: 'exec'; readonly command: string }
  /** A line of the service's log that matches; a regular expression that compiles. */
  | { readonly kind: 'log'; readonly pattern: string }
  /** A Docker daemon answers on one of the ports, with TLS or without. */
  | { readonly kind: 'daemon'; readonly ports: readonly number[] }
  /** The image's HEALTHCHECK alone. */
  | { readonly kind: 'healthcheck' };

export interface Readiness {
  readonly probe: Probe;
  /** Milliseconds; undefined: the runner's wait_for_services_timeout. */
  readonly timeoutMs: number | undefined;
  /** The job fails when the service is not ready in time or ends before the job does. */
  readonly required: boolean;
}
