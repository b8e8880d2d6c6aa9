import { JobYamlError, type Place } from '../job-yaml-error.ts';
import { didYouMean } from './nearest-name.ts';
import { describeNode, type ListNode, type YamlNode } from './yaml-node.ts';

/*
 * Readers of one value. `what` names the value in error sentences ("image:name of job `build`").
 * All throw JobYamlError at the value's place when its type is wrong.
 */

/** A string of a list, with its place. */
export interface PlacedText {
  readonly text: string;
  readonly at: Place;
}

export function wrongType(node: YamlNode, what: string, wanted: string): JobYamlError {
  return new JobYamlError(node.at, `${what} must be ${wanted}, but is ${describeNode(node)}`);
}

export function isNothing(node: YamlNode | undefined): boolean {
  return node === undefined || (node.kind === 'scalar' && node.value === null);
}

export function readString(node: YamlNode, what: string): string {
  if (node.kind === 'scalar' && typeof node.value === 'string') return node.value;
  const quote = node.kind === 'scalar' && node.value !== null ? ': put it in quotes' : '';
  throw new JobYamlError(node.at, `${what} must be a string, but is ${describeNode(node)}${quote}`);
}

export function readBoolean(node: YamlNode, what: string): boolean {
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  throw wrongType(node, what, 'true or false');
}

/** A whole number between `min` and `max`, both included. */
export function readInteger(node: YamlNode, what: string, min: number, max: number): number {
  const value = node.kind === 'scalar' ? node.value : null;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw wrongType(node, what, `a whole number from ${min} to ${max}`);
}

/** One of `choices`; a slip gets the nearest one as a hint. */
export function readChoice<Choice extends string>(node: YamlNode, what: string, choices: readonly Choice[]): Choice {
  const value = node.kind === 'scalar' ? node.value : null;
  const choice = choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  const hint = typeof value === 'string' ? didYouMean(value, choices) : '';
  throw new JobYamlError(node.at, `${what} must be ${orList(choices)}, but is ${describeNode(node)}${hint}`);
}

export function readList(node: YamlNode, what: string, wanted = 'a list'): ListNode {
  if (node.kind === 'list') return node;
  throw wrongType(node, what, wanted);
}

/** A list of strings; with `or-one` a single string stands for a list of one. */
export function readStrings(node: YamlNode, what: string, form: 'list' | 'or-one' = 'list'): PlacedText[] {
  if (form === 'or-one' && node.kind === 'scalar') return [{ text: readString(node, what), at: node.at }];
  const wanted = form === 'list' ? 'a list of strings' : 'a string or a list of strings';
  return readList(node, what, wanted).items.map((item, index) => ({
    text: readString(item, `item ${index + 1} of ${what}`),
    at: item.at,
  }));
}

function orList(choices: readonly string[]): string {
  const last = choices.at(-1) ?? '';
  return choices.length < 2 ? last : `${choices.slice(0, -1).join(', ')} or ${last}`;
}
