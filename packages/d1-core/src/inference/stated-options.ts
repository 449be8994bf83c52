import { minimatch } from 'minimatch';
import { join } from 'node:path';
import { isObject } from '../errors/index.ts';
import type { Workspace } from './workspace.ts';
import { readJson } from './read-json.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * What the manifests of a project and nx.json say of the options of a target: each of them, and each of their
 * configurations. Nx puts them over what is inferred.
 */
export function statedOptions(
  folder: string,
  { root, targetDefaults = {} }: Workspace,
  { name, executor }: { readonly name: string; readonly executor: string },
): readonly Json[] {
  const manifest = readJson(join(root, folder, 'package.json'))?.['nx'];
  const project = readJson(join(root, folder, 'project.json'));
  const defaults = Object.entries(targetDefaults).filter(
    ([key]) => key === name || key === executor || minimatch(name, key),
  );
  const targets: readonly unknown[] = [
    ...[manifest, project].map((one) => child(child(one, 'targets'), name)),
    ...defaults.flatMap(([, value]) => value),
  ];
  return targets.flatMap((target) => {
    const configurations = child(target, 'configurations');
    return [
      child(target, 'options'),
      ...(isObject(configurations) ? Object.values(configurations) : []),
    ].filter(isObject);
  });
}

const child = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined);
