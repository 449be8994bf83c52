import { hashOf } from 'd1-core/audit';
import { passOf, rehearseDocument } from '../rehearse/index.ts';
import { targetDocument } from 'd1-core/target';
import { PLAN_VERSION, type PlanFile } from '../approval/index.ts';
import { queriesDocument } from '../queries/index.ts';
import type { Plan } from './plan.ts';

/** A plan as its file and the JSON report carry it. `hash` is the SHA-256 of all the rest. */
export function planDocument(plan: Plan): object {
  const { target, origin, state, bookmark, findings, rehearsal, queries, schemaAfter, problems } = plan;
  const content = {
    version: PLAN_VERSION,
    ...origin,
    wranglerVersion: state.wranglerVersion,
    pluginVersion: state.pluginVersion,
    ...targetDocument(target),
    environment: state.environment,
    database: state.database,
    ready: problems.length === 0,
    problems,
    bookmark,
    applied: state.applied,
    migrations: state.migrations,
    schema: {
      before: state.schema,
      after: schemaAfter,
      changes: rehearsal?.schemaChanges ?? [],
    },
    findings,
    queries: queries === undefined ? null : queriesDocument(queries),
    data: rehearsal === undefined ? null : passOf(rehearsal),
    rehearsal: rehearsal === undefined ? null : rehearsalOf(rehearseDocument(rehearsal)),
  };
  // Parsed again, so that the hash is over what a reader of the file gets.
  const written: object = JSON.parse(JSON.stringify(content satisfies Omit<PlanFile, 'hash'>));
  return { ...written, hash: hashOf(written) };
}

/** Without what the plan says of itself. */
const OWN = ['environment', 'location', 'protected', 'database', 'schema'];

const rehearsalOf = (document: object): object =>
  Object.fromEntries(Object.entries(document).filter(([name]) => !OWN.includes(name)));
