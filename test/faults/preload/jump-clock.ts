// Loaded before the agent (`node --import`): its wall clock jumps, as when a machine without a good clock meets a time server.
// FAULT_CLOCK is `<milliseconds since 1970 at which it jumps>:<milliseconds to jump by>`.

const [at = 0, by = 0] = (process.env['FAULT_CLOCK'] ?? '').split(':').map(Number);
const RealDate = Date;
const realNow = Date.now;
const jumpedNow = (): number => {
  const now = realNow();
  return now >= at ? now + by : now;
};

class JumpingDate extends RealDate {
  constructor(...args: readonly unknown[]) {
    if (args.length === 0) super(jumpedNow());
    else super(...(args as [number]));
  }

  static override now(): number {
    return jumpedNow();
  }
}
globalThis.Date = JumpingDate as DateConstructor;
