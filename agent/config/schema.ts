import { z } from 'zod';
import { runnerSchema } from './schema/runner.ts';
import { durationOr, map, opaque, positive, sizeOr, text, textOr } from './schema/fields.ts';

const FIFTEEN_MINUTES_MS = 900_000;
const GIBIBYTE = 2 ** 30;

const sessionServerSchema = z.strictObject({
  listen_address: text('address of the session server'),
  advertise_address: text('address that the coordinator uses; default: listen_address'),
  session_timeout: positive(1800, 'seconds that a terminal may outlive its job'),
});

/** The whole config file. Unknown keys are issues of code `unrecognized_keys`; types are checked, values mostly not. */
export const configSchema = z.strictObject({
  concurrent: z.int().min(1, 'at least 1').default(1),
  check_interval: positive(3, 'seconds between job requests'),
  log_level: textOr('info', 'panic, fatal, error, warning, info or debug'),
  log_format: textOr('runner', 'runner, text or json'),
  shutdown_timeout: positive(30, 'seconds that a forceful shutdown may take'),
  on_sigterm: z.enum(['abort', 'detach'], 'abort or detach').default('abort'),
  spool_limit: sizeOr(GIBIBYTE, 'size of the traces that may wait for the coordinator'),
  listen_address: text('host:port of metrics and debug pages'),
  connection_max_age: durationOr(FIFTEEN_MINUTES_MS, 'age at which a connection is replaced'),
  sentry_dsn: text('where errors are reported'),
  user: text('user that jobs run as'),
  labels: map('labels of every runner'),
  session_server: sessionServerSchema.optional(),
  experimental: opaque(),
  machine: opaque(),
  runners: z.array(runnerSchema).default([]),
});

/** The config file with defaults in place, keys named as in the file (`tls-ca-file` as it is). */
export type Config = z.output<typeof configSchema>;
