const lineFeed = 0x0a;

/**
 * Size up to which a time-stamped trace is whole lines. A process that is killed while it writes may leave the first part
 * of a write; nobody has sent that yet.
 */
export const wholeLines = (trace: Buffer): number => trace.lastIndexOf(lineFeed) + 1;
