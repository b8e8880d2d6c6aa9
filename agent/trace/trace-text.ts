/** How the agent's own lines look in the trace. Each ends with a reset, as users' log viewers expect. */
const reset = '\u001b[0;m';
const clearLine = '\u001b[0K';
const bold = { green: '\u001b[32;1m', red: '\u001b[31;1m', cyan: '\u001b[36;1m', yellow: '\u001b[33;1m' };
const yellow = '\u001b[0;33m';

export const plainLine = (text: string): string => `${clearLine}${text}${reset}\n`;
export const infoLine = (text: string): string => `${bold.green}${text}${reset}\n`;
export const warningLine = (text: string): string => `${yellow}WARNING: ${text}${reset}\n`;
export const errorLine = (text: string): string => `${bold.red}ERROR: ${text}${reset}\n`;
export const titleLine = (text: string): string => `${clearLine}${bold.cyan}${text}${reset}${reset}\n`;

/** What stands once where the output limit, in bytes, was met. */
export const limitLine = (limit: number): string =>
  `${bold.yellow}The log has reached its limit of ${Number((limit / 1024).toFixed(1))} KiB (output_limit). ` +
  `The job goes on, the rest of its output is not kept.${reset}\n`;

/** The mark that opens or closes a foldable part of the trace; `seconds` since 1970, `options` such as `collapsed=true`. */
export function sectionMark(edge: 'start' | 'end', name: string, seconds: number, options = ''): string {
  return `section_${edge}:${Math.floor(seconds)}:${name}${options === '' ? '' : `[${options}]`}\r${clearLine}`;
}
