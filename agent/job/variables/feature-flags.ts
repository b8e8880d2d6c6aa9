const DEFAULTS: Readonly<Record<string, boolean>> = {
  FF_TIMESTAMPS: true,
  FF_NETWORK_PER_BUILD: false,
  FF_SCRIPT_SECTIONS: false,
  FF_USE_INIT_WITH_DOCKER_EXECUTOR: false,
  FF_USE_NATIVE_CONTAINER_STOP: false,
};

/** A boolean in the notation that feature flags and CI_DEBUG_* have; undefined for anything else. */
export function parseBoolean(text: string): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
  return undefined;
}

/** Whether a feature flag is on: config.toml beats the job's variables, which beat the default. */
export function featureFlag(name: string, configured: Readonly<Record<string, boolean>>, variable: string): boolean {
  return configured[name] ?? parseBoolean(variable) ?? DEFAULTS[name] ?? false;
}
