import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { pretty } from './pretty.ts';
import type { Reporter } from './reporter.ts';
import { sarif } from './sarif.ts';

export type { Reporter } from './reporter.ts';

export const FORMATS = ['pretty', 'json', 'github', 'sarif', 'gitlab', 'junit'] as const;

export type Format = (typeof FORMATS)[number];

export const reporters: Readonly<Record<Format, Reporter>> = { pretty, json, github, sarif, gitlab, junit };
