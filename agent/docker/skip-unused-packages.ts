import { registerHooks } from 'node:module';

/** dockerode loads these at import for BuildKit sessions and ssh:// engines; they cost 18 MB and 56 ms, and nothing here uses them. */
const UNUSED = new Set(['@grpc/grpc-js', '@grpc/proto-loader', 'ssh2']);
const ABSENT = new URL('./absent-package.cjs', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    UNUSED.has(specifier) ? { url: ABSENT, format: 'commonjs', shortCircuit: true } : nextResolve(specifier, context),
});
