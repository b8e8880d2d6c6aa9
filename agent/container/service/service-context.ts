import type { JobNetwork } from '../network/job-network.ts';
import type { OptionContext } from '../options/create-options.ts';

/** What /etc/hosts takes as a name. */
const HOST_NAME = /^[\w.-]+$/;

/**
 * Where the service at this place of the list runs. With fixed addresses each service has the others' names in
 * /etc/hosts too: they are known before the others have started, and to programs without name look-up.
 */
export function serviceContext(
  { spec, docker }: Pick<OptionContext, 'spec' | 'docker'>,
  { name, serviceAddresses }: JobNetwork,
  place: number,
): OptionContext {
  const address = serviceAddresses[place];
  if (address === undefined) return { spec, docker, network: name };
  const others = spec.services.flatMap(({ aliases }, index) =>
    index === place
      ? []
      : aliases.filter((alias) => HOST_NAME.test(alias)).map((alias) => `${alias}:${serviceAddresses[index]}`),
  );
  return { spec, docker: { ...docker, extra_hosts: [...docker.extra_hosts, ...others] }, network: name, address };
}
