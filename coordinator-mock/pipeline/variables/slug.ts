/** A name for URLs and hosts: lower case, letters and digits with single-character `-` for the rest, 63 at most. */
export function slug(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
}
