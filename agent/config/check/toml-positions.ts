import { parseTOML, type AST } from 'toml-eslint-parser';

/** Where a key stands; line and column count from 1. */
export interface TomlPosition {
  readonly line: number;
  readonly column: number;
}

export type TomlPath = readonly (string | number)[];

type Place = readonly [path: TomlPath, node: AST.TOMLNode];

/** The place of every key, table and list item of a TOML text, by path. Throws the parser's error on bad syntax. */
export class TomlPositions {
  readonly #places = new Map<string, TomlPosition>();

  constructor(text: string) {
    for (const [path, node] of placesOf(parseTOML(text))) {
      const id = JSON.stringify(path);
      const { line, column } = node.loc.start;
      if (!this.#places.has(id)) this.#places.set(id, { line, column: column + 1 });
    }
  }

  /** The place of a key, or of the nearest thing around it that is in the file. */
  find(path: TomlPath): TomlPosition | undefined {
    for (let length = path.length; length > 0; length--) {
      const place = this.#places.get(JSON.stringify(path.slice(0, length)));
      if (place !== undefined) return place;
    }
    return undefined;
  }
}

function* placesOf(program: AST.TOMLProgram): Generator<Place> {
  for (const node of program.body[0].body) {
    if (node.type === 'TOMLKeyValue') {
      yield* placesOfPair(node, []);
    } else {
      yield [node.resolvedKey, node];
      for (const pair of node.body) yield* placesOfPair(pair, node.resolvedKey);
    }
  }
}

function* placesOfPair(pair: AST.TOMLKeyValue, base: TomlPath): Generator<Place> {
  const path = [...base, ...namesOf(pair.key)];
  yield [path, pair];
  yield* placesOfValue(pair.value, path);
}

function* placesOfValue(value: AST.TOMLContentNode, path: TomlPath): Generator<Place> {
  if (value.type === 'TOMLInlineTable') {
    for (const pair of value.body) yield* placesOfPair(pair, path);
  } else if (value.type === 'TOMLArray') {
    for (const [index, element] of value.elements.entries()) {
      yield [[...path, index], element];
      yield* placesOfValue(element, [...path, index]);
    }
  }
}

/** The names of a possibly dotted key. */
export function namesOf(key: AST.TOMLKey): string[] {
  return key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value));
}
