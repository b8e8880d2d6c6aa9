/** An engine of the campaign's own, which may be stopped under its jobs. */
export interface OwnEngine extends AsyncDisposable {
  readonly socket: string;
  /** Address of this machine for its containers. */
  readonly gateway: string;
  /** Ends its daemon, in order or with SIGKILL, and starts it again. */
  restart(graceful: boolean): Promise<void>;
}
