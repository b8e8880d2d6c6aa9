import { stat } from 'node:fs/promises';
import type { Clock } from '../common/clock.ts';
import type { Logger } from '../common/logger.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { onAbort } from '../common/abort.ts';
import type { SignalSource } from './shutdown.ts';

export interface ConfigWatch {
  readonly path: string;
  readonly signals: SignalSource;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Throws when the file cannot be used. */
  load(): Promise<LoadedConfig>;
  apply(loaded: LoadedConfig): void;
}

const checkEveryMs = 3000;

/**
 * Reads the configuration again on SIGHUP and soon after the file has changed. A file that cannot be used, or is gone, leaves
 * the one in use as it is. Resolves when `stop` aborts.
 */
export async function watchConfig(watch: ConfigWatch, stop: AbortSignal): Promise<void> {
  let asked = false;
  let nap = new AbortController();
  const onHangup = (): void => {
    asked = true;
    nap.abort();
  };
  watch.signals.on('SIGHUP', onHangup);
  using _ = onAbort(stop, () => nap.abort());
  let seen = await fileVersion(watch.path);
  while (!stop.aborted) {
    await watch.clock.sleep(checkEveryMs, nap.signal).catch(() => undefined);
    if (stop.aborted) break;
    nap = new AbortController();
    const now = await fileVersion(watch.path);
    if (!asked && now === seen) continue;
    asked = false;
    seen = now;
    await reload(watch);
  }
  watch.signals.off('SIGHUP', onHangup);
}

async function reload(watch: ConfigWatch): Promise<void> {
  const { logger, path } = watch;
  try {
    const loaded = await watch.load();
    if (!loaded.exists) {
      logger.error({ config: path }, 'The configuration file is gone, the old configuration stays in use');
      return;
    }
    watch.apply(loaded);
    logger.info({ config: path, runners: loaded.config.runners.length }, 'Configuration loaded');
  } catch (error) {
    logger.error({ config: path, err: error }, 'The configuration cannot be used, the old one stays in use');
  }
}

/** Tells one state of the file from another; undefined when there is none. */
async function fileVersion(path: string): Promise<string | undefined> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return undefined;
  }
}
