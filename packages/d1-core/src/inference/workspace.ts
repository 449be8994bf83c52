import { isObject } from '../errors/index.ts';
import type { NxJsonConfiguration } from '@nx/devkit';
import type { OtherTarget } from './target-definition.ts';

/** The `plugins` of nx.json. */
export type RegisteredPlugins = NonNullable<NxJsonConfiguration['plugins']>;

/** What is the same for every project of a workspace. */
export interface Workspace {
  readonly root: string;
  readonly namedInputs: Readonly<Record<string, unknown>>;
  /** As nx.json has them. */
  readonly targetDefaults?: Readonly<Record<string, unknown>> | undefined;
  readonly plugins: RegisteredPlugins;
}

/** The name that a target of another plugin has in this workspace; undefined where nx.json does not have the plugin. */
export function otherTargetName({ target, of }: OtherTarget, plugins: RegisteredPlugins): string | undefined {
  const entry = plugins.find((one) => (typeof one === 'string' ? one : one.plugin) === of);
  if (entry === undefined) return undefined;
  const options: unknown = typeof entry === 'string' ? undefined : entry.options;
  const prefix = isObject(options) ? options['targetPrefix'] : undefined;
  return typeof prefix === 'string' ? `${prefix}${target}` : target;
}
