import { foldName } from 'd1-core/sql';
import { NEWEST, OLDEST } from './measured.ts';
import type { EngineLimits, PragmaUse } from './engine-facts.ts';

/** What D1 takes, measured on the newest workerd. */
export const LIMITS: EngineLimits = NEWEST.limits;

const FUNCTIONS = new Set([...NEWEST.functions, ...NEWEST.tableFunctions].map(foldName));
const MODULES = new Set(NEWEST.modules.map(foldName));

export const PRAGMAS: ReadonlyMap<string, PragmaUse> = new Map(Object.entries(NEWEST.pragmas));

export const FUNCTION_NAMES: readonly string[] = NEWEST.functions.filter((name) => /^\w+$/.test(name));
export const MODULE_NAMES: readonly string[] = NEWEST.modules;

export const isAllowedFunction = (name: string): boolean => FUNCTIONS.has(foldName(name));
export const isAllowedModule = (name: string): boolean => MODULES.has(foldName(name));

/** Whether a workerd of an older wrangler, which a local database may run on, refuses what the newest takes. */
export const isRecentModule = (name: string): boolean =>
  isAllowedModule(name) && !OLDEST.modules.map(foldName).includes(foldName(name));
