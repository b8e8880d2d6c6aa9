/** The bytes of one trace patch within the whole trace; `end` is the last byte's index, `start - 1` for an empty patch. */
export interface ContentRange {
  readonly start: number;
  readonly end: number;
}

/** `Content-Range` of a patch: both ends inclusive, no unit, no total. */
export const formatContentRange = (offset: number, length: number): string => `${offset}-${offset + length - 1}`;

/** Reads a `Content-Range`; a unit or a `/total` is tolerated. Undefined for anything else. */
export function parseContentRange(header: string): ContentRange | undefined {
  const match = /^(?:bytes )?(\d{1,15})-(-?\d{1,15})?(?:\/(?:\d+|\*))?$/.exec(header.trim());
  if (match === null) return undefined;
  const start = Number(match[1]);
  return { start, end: match[2] === undefined ? start - 1 : Number(match[2]) };
}

/** `Range` of a reply: the second number is the count of stored bytes, not the last index. */
export const formatRange = (storedBytes: number): string => `0-${storedBytes}`;

/** The count of bytes that the coordinator holds; undefined when the header is absent or odd. */
export function parseRange(header: string | undefined): number | undefined {
  const match = /^0-(\d{1,15})$/.exec(header?.trim() ?? '');
  return match === null ? undefined : Number(match[1]);
}
