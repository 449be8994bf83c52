import type { GeneratorTable } from 'd1-core/command';
import type { NxSite } from 'd1-core/generators';
import { initGenerator } from './init/generator.ts';

/** All generators, for the tools of this workspace; what is published has no such entry. */
export const GENERATOR_TABLE: GeneratorTable<NxSite> = { name: 'd1-queries', generators: [initGenerator] };
