import { refusedValue } from './refused-value.ts';

/** A request for devices that a driver of the engine hands out. */
export interface DeviceRequest {
  readonly Driver: string;
  /** -1: all */
  readonly Count: number;
  readonly DeviceIDs: readonly string[];
  readonly Capabilities: readonly (readonly string[])[];
  readonly Options: Readonly<Record<string, string>>;
}

const ALL = -1;
const FORM = 'what "docker run --gpus" takes: all, a number, or count=, device=, driver=, capabilities=, options=';

/**
 * `gpus` and `service_gpus`: `all`, `2`, `device=0`, `"device=0,1",driver=nvidia` ... undefined when nothing was said.
 * @throws {JobFailure} for a text that is none of it
 */
export function gpuRequests(key: string, text: string | undefined): DeviceRequest[] | undefined {
  if (text === undefined) return undefined;
  const wrong = refusedValue(key, text, FORM);
  const given = new Map<string, string>();
  for (const field of quotedFields(text)) {
    const [name, value] = splitOnce(field);
    const [known, what] = value === undefined ? ['count', name] : [name, value];
    if (given.has(known)) throw wrong;
    given.set(known, what);
  }
  const { driver = '', count, device, capabilities, options, ...others } = Object.fromEntries(given);
  const number = count === 'all' ? ALL : Number(count ?? (device === undefined ? 1 : 0));
  if (Object.keys(others).length > 0 || !Number.isInteger(number) || count === '') throw wrong;
  return [
    {
      Driver: driver,
      Count: number,
      DeviceIDs: device?.split(',') ?? [],
      Capabilities: [[...(capabilities?.split(',') ?? []), 'gpu']],
      Options: Object.fromEntries(
        (options?.split(',') ?? []).map((pair) => [splitOnce(pair)[0], splitOnce(pair)[1] ?? '']),
      ),
    },
  ];
}

/** Fields between commas; one in double quotes may hold commas. */
const quotedFields = (text: string): string[] =>
  Array.from(text.matchAll(/(?:^|,)\s*(?:"([^"]*)"|([^,]*))/g), ([, quoted, plain]) => (quoted ?? plain ?? '').trim());

function splitOnce(field: string): readonly [name: string, value: string | undefined] {
  const at = field.indexOf('=');
  return at < 0 ? [field, undefined] : [field.slice(0, at), field.slice(at + 1)];
}
