/** Job requests that may still bring a job, over all runners. */
export class OpenRequests {
  #count = 0;
  #waiting: (() => void)[] = [];

  /** One more; disposing what comes back ends it, once. */
  begin(): Disposable {
    this.#count++;
    let open = true;
    return {
      [Symbol.dispose]: () => {
        if (open) this.#end();
        open = false;
      },
    };
  }

  /** Resolves when there is none, now or later. */
  async whenNone(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #end(): void {
    this.#count--;
    if (this.#count > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
