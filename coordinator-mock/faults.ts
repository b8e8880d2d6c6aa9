import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { map, optional } from '#protocol/lenient.ts';

/** The names of design: what a fault can be tied to. `*` is every call of the runner API. */
export const faultEndpoints = [
  'register',
  'verify',
  'unregister',
  'reset',
  'jobs/request',
  'trace',
  'put',
  'artifacts',
  'artifacts_get',
  'git',
  '*',
] as const;
export type FaultEndpoint = (typeof faultEndpoints)[number];

/** One misbehaviour, `count` times. Without status or drop the call is only delayed by `hang_ms`. */
export const faultSchema = z.object({
  endpoint: z.enum(faultEndpoints),
  count: z.preprocess((value) => value ?? 1, z.int()),
  /** Lets that many calls pass first. */
  skip: z.preprocess((value) => value ?? 0, z.int()),
  /** Only calls of this job. */
  job: optional(z.int()),
  /** Only updates with this state. */
  state: optional(z.string()),
  status: optional(z.int().min(100).max(599)),
  retry_after: optional(z.union([z.int(), z.string()])),
  location: optional(z.string()),
  headers: map(z.union([z.string(), z.number()])),
  /** The body, in place of a JSON message. */
  raw: optional(z.string()),
  ctype: z.preprocess((value) => value ?? 'application/json', z.string()),
  hang_ms: optional(z.number()),
  /** The connection is closed without an answer. */
  drop: optional(z.boolean()),
});
export type Fault = z.infer<typeof faultSchema>;

/** Which call is being made. */
export interface FaultScope {
  readonly job?: number;
  readonly state?: string | undefined;
}

/** The faults that people and tests have asked for, first come first served. */
export class FaultList {
  #faults: Fault[] = [];

  add(fault: Fault): void {
    this.#faults.push(fault);
  }

  clear(): void {
    this.#faults = [];
  }

  /** Lets the fault that is due for this call happen. True when the call has got its answer, or never will. */
  async strike(
    endpoint: FaultEndpoint,
    request: FastifyRequest,
    reply: FastifyReply,
    scope: FaultScope = {},
  ): Promise<boolean> {
    const fault = this.#take(endpoint, scope);
    if (fault === undefined) return false;
    if (fault.hang_ms !== undefined) await sleep(fault.hang_ms);
    if (fault.drop === true) {
      reply.hijack();
      request.raw.socket.destroy();
      return true;
    }
    if (fault.status === undefined) return false;
    answer(fault, fault.status, reply);
    return true;
  }

  #take(endpoint: FaultEndpoint, scope: FaultScope): Fault | undefined {
    for (const fault of this.#faults) {
      if (fault.count <= 0 || !applies(fault, endpoint, scope)) continue;
      if (fault.skip > 0) {
        fault.skip -= 1;
        continue;
      }
      fault.count -= 1;
      return fault;
    }
    return undefined;
  }
}

function applies(fault: Fault, endpoint: FaultEndpoint, scope: FaultScope): boolean {
  if (fault.endpoint !== endpoint && fault.endpoint !== '*') return false;
  if (fault.job !== undefined && fault.job !== scope.job) return false;
  return fault.state === undefined || fault.state === scope.state;
}

function answer(fault: Fault, status: number, reply: FastifyReply): void {
  reply.code(status).headers(fault.headers);
  if (fault.retry_after !== undefined) reply.header('Retry-After', fault.retry_after);
  if (fault.location !== undefined) reply.header('Location', fault.location);
  if (status === 204) void reply.send();
  else void reply.type(fault.ctype).send(Buffer.from(fault.raw ?? JSON.stringify({ message: `${status} injected` })));
}
