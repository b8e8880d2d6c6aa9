export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the API root; `:id` is the job's or the runner's id. */
  readonly path: string;
}

/** Below the coordinator's URL. */
export const apiRoot = '/api/v4';

/** Every call between agent and coordinator. */
export const endpoints = {
  registerRunner: { method: 'POST', path: '/runners' },
  verifyRunner: { method: 'POST', path: '/runners/verify' },
  unregisterRunner: { method: 'DELETE', path: '/runners' },
  unregisterManager: { method: 'DELETE', path: '/runners/managers' },
  resetToken: { method: 'POST', path: '/runners/reset_authentication_token' },
  resetTokenById: { method: 'POST', path: '/runners/:id/reset_authentication_token' },
  routerDiscovery: { method: 'GET', path: '/runners/router/discovery' },
  requestJob: { method: 'POST', path: '/jobs/request' },
  updateJob: { method: 'PUT', path: '/jobs/:id' },
  patchTrace: { method: 'PATCH', path: '/jobs/:id/trace' },
  uploadArtifacts: { method: 'POST', path: '/jobs/:id/artifacts' },
  downloadArtifacts: { method: 'GET', path: '/jobs/:id/artifacts' },
} as const satisfies Record<string, Endpoint>;

export type EndpointName = keyof typeof endpoints;

/** The path below the coordinator's URL, with the id filled in. */
export const endpointPath = (name: EndpointName, id?: number): string =>
  apiRoot + endpoints[name].path.replace(':id', String(id ?? ':id'));
