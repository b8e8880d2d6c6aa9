/** A parsed image reference: `[registry[:port]/]path[:tag][@digest]`. */
export interface ImageRef {
  /** Registry and path as written, without tag and digest. */
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const HOST = '(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?';
const REFERENCE = new RegExp(
  `^(?<name>(?:${HOST}/)?${COMPONENT}(?:/${COMPONENT})*)(?::(?<tag>[\\w][\\w.-]{0,127}))?(?:@(?<digest>[a-zA-Z][\\w.+-]*:[0-9a-fA-F]{32,}))?$`,
);
const IMAGE_ID = /^(?:sha256:)?[0-9a-f]{64}$/;

/** undefined when the text is no image reference. */
export function parseImageRef(text: string): ImageRef | undefined {
  const groups = REFERENCE.exec(text)?.groups;
  return groups?.['name'] === undefined
    ? undefined
    : { name: groups['name'], tag: groups['tag'], digest: groups['digest'] };
}

/** An image named by its id exists on the engine or nowhere; it is never pulled. */
export const isImageId = (text: string): boolean => IMAGE_ID.test(text);

/** The reference to pull: without tag and digest it means `latest`, not all tags. */
export function pullReference(text: string): string {
  const ref = parseImageRef(text);
  return ref !== undefined && ref.tag === undefined && ref.digest === undefined ? `${text}:latest` : text;
}

/** The registry's path without host port, tag and digest, as service names are derived from it. */
export function serviceName(text: string): string {
  const name = parseImageRef(text)?.name ?? text;
  return name.replace(/^([^/]+):\d+\//, '$1/');
}
