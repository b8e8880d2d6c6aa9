#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

// A daemon sleeps most of its life: without these the heap stays as large as the busiest minute made it.
setFlagsFromString('--max-semi-space-size=2');
setFlagsFromString('--optimize-for-size');

// Beside the packages, not in the world-writable default: what is cached there is run.
enableCompileCache(join(import.meta.dirname, '..', 'node_modules', '.cache', 'dockworker'));

// The one place that ends the process: nothing that a command left open keeps it.
process.exit(await main(process.argv.slice(2)));

/** Runs one command; its result is the exit code: 0 done, 1 failed, 2 wrong usage or wrong config. */
async function main(args: readonly string[]): Promise<number> {
  try {
    const { buildProgram } = await import('./commands/program.ts');
    const program = await buildProgram(args);
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    const { exitCodeOf, messageOf } = await import('./commands/exit-code.ts');
    const message = messageOf(error);
    if (message !== undefined) process.stderr.write(`ERROR: ${message}\n`);
    return exitCodeOf(error);
  }
}
