import { z } from 'zod';
import { defaulted, integer, list, optional, text } from './lenient.ts';

/** Options of one executor. Keys that we do not know are kept: a job that asks for them is refused, not run without. */
export const executorOptsSchema = z.looseObject({
  docker: optional(
    z.looseObject({
      platform: optional(z.string()),
      /** Name or `uid[:gid]`; a bare number comes out as text. */
      user: optional(z.union([z.string(), z.int().transform(String)])),
    }),
  ),
  kubernetes: optional(z.looseObject({})),
});
export type ExecutorOpts = z.infer<typeof executorOptsSchema>;

export const imagePortSchema = z.object({ number: integer(), protocol: text(), name: text() });
export type ImagePort = z.infer<typeof imagePortSchema>;

/** The build image or the image of one service. `alias` and `variables` mean something for services only. */
export const imageSpecSchema = z.object({
  /** May hold variables; empty means that the runner's own default is wanted. */
  name: text(),
  /** One or more names, split by commas or blanks. */
  alias: optional(z.string()),
  command: optional(z.array(z.string())),
  /** `[""]` clears the image's entrypoint; absent or `[]` leaves it. */
  entrypoint: optional(z.array(z.string())),
  ports: list(imagePortSchema),
  variables: list(z.object({ key: z.string(), value: text() })),
  /** `always`, `if-not-present`, `never`: a fallback order, empty for the runner's own. */
  pull_policy: list(z.string()),
  executor_opts: defaulted(executorOptsSchema),
});
export type ImageSpec = z.infer<typeof imageSpecSchema>;
