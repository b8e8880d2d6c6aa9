import { apiRoot } from '#protocol/endpoints.ts';
import { UnusableClientError } from './coordinator-error.ts';

/**
 * The API root of a coordinator, without a trailing slash: trailing slashes and then one trailing `/ci` of the configured URL
 * do not count, a path below which GitLab is installed does. Throws UnusableClientError for anything but http and https.
 */
export function apiBaseUrl(configured: string): URL {
  const url = URL.parse(configured.trim());
  if (url === null) throw new UnusableClientError(`the url "${withoutUserInfo(configured)}" cannot be read`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new UnusableClientError(`the url "${withoutUserInfo(configured)}" is neither http nor https`);
  const path = url.pathname.replace(/\/+$/, '').replace(/\/ci$/, '').replace(/\/+$/, '');
  return new URL(url.origin + path + apiRoot);
}

/** A URL fit for messages. */
export const withoutUserInfo = (url: string): string => url.replace(/\/\/[^/@]*@/, '//');
