import { foldName } from '../sql/index.ts';
import type { Index, Schema, SchemaObject, Table, Trigger } from './model.ts';

interface Version {
  readonly from: number;
  /** Undefined: it is gone. */
  readonly object: SchemaObject | undefined;
}

/**
 * All states of a schema while statements run. It keeps each version of each object with the moment from which it
 * holds, so a state costs nothing until it is asked, and stays what it was.
 */
export class SchemaTimeline {
  readonly #versions = new Map<string, Version[]>();
  /** Table name → keys of what ever belonged to it; and parent → tables that ever referenced it. */
  readonly #belongings = new Map<string, Set<string>>();
  readonly #children = new Map<string, Set<string>>();
  #moment = 0;

  /** The state now, which later changes leave alone. */
  now(): Schema {
    const at = this.#moment;
    this.#moment += 1;
    return this.#schemaAt(at);
  }

  put(object: SchemaObject): void {
    this.#add(keyOf(object), object);
    if (object.kind === 'index' || object.kind === 'trigger') {
      addTo(this.#belongings, foldName(object.table), keyOf(object));
    }
    if (object.kind === 'table') {
      for (const { parent } of object.foreignKeys) addTo(this.#children, foldName(parent), keyOf(object));
    }
  }

  remove(kind: SchemaObject['kind'], name: string): void {
    this.#add(key(kind, name), undefined);
  }

  /** Whether there ever was an object of that name, and what kind the last one was. */
  everHad(name: string): boolean {
    return this.#versions.has(key('table', name)) || this.#versions.has(key('trigger', name));
  }

  #add(at: string, object: SchemaObject | undefined): void {
    const versions = this.#versions.get(at) ?? [];
    versions.push({ from: this.#moment, object });
    this.#versions.set(at, versions);
  }

  #objectAt(at: string, moment: number): SchemaObject | undefined {
    return this.#versions.get(at)?.findLast(({ from }) => from <= moment)?.object;
  }

  #schemaAt(moment: number): Schema {
    const find = <Kind extends SchemaObject['kind']>(kind: Kind, name: string) => {
      const object = this.#objectAt(key(kind, name), moment);
      return isKind(object, kind) ? object : undefined;
    };
    const several = (keys: Iterable<string>): readonly SchemaObject[] =>
      [...keys].map((one) => this.#objectAt(one, moment)).filter((object) => object !== undefined);
    const belongings = (table: string) =>
      several(this.#belongings.get(foldName(table)) ?? []).filter(
        (object): object is Index | Trigger =>
          (object.kind === 'index' || object.kind === 'trigger') &&
          foldName(object.table) === foldName(table),
      );
    return {
      table: (name) => find('table', name),
      index: (name) => find('index', name),
      view: (name) => find('view', name),
      trigger: (name) => find('trigger', name),
      objects: () => several(this.#versions.keys()),
      tables: () => several(this.#versions.keys()).filter((object) => object.kind === 'table'),
      indexesOf: (table) => belongings(table).filter((object) => object.kind === 'index'),
      triggersOf: (table) => belongings(table).filter((object) => object.kind === 'trigger'),
      referencesTo: (parent) =>
        several(this.#children.get(foldName(parent)) ?? [])
          .filter((object) => object.kind === 'table')
          .flatMap((child) => referencesOf(child, parent)),
    };
  }
}

const referencesOf = (child: Table, parent: string) =>
  child.foreignKeys
    .filter((foreignKey) => foldName(foreignKey.parent) === foldName(parent))
    .map((foreignKey) => ({ child, foreignKey }));

/** Tables, views and indexes share their names; triggers have names of their own. */
const key = (kind: SchemaObject['kind'], name: string): string =>
  `${kind === 'trigger' ? 'trigger' : 'object'} ${foldName(name)}`;

const keyOf = ({ kind, name }: SchemaObject): string => key(kind, name);

function isKind<Kind extends SchemaObject['kind']>(
  object: SchemaObject | undefined,
  kind: Kind,
): object is Extract<SchemaObject, { kind: Kind }> {
  return object?.kind === kind;
}

function addTo(map: Map<string, Set<string>>, at: string, value: string): void {
  const values = map.get(at);
  if (values === undefined) map.set(at, new Set([value]));
  else values.add(value);
}
