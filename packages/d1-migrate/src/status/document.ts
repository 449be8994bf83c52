import { errorDocument } from 'd1-core/report';
import { targetDocument } from 'd1-core/target';
import type { DatabaseStatus } from '../survey/index.ts';
import type { Standing } from './drift.ts';
import type { StatusMatrix } from './matrix.ts';

/** A status as the JSON report carries it. */
export function statusDocument({
  target,
  migrations,
  findings,
  pending,
  consistent,
}: DatabaseStatus): object {
  return { ...targetDocument(target), pending, consistent, migrations, findings };
}

/** The status of several environments. `documentOf` makes the part of one of them. */
export function matrixDocument<Status extends DatabaseStatus>(
  { environments, pending, consistent, complete }: StatusMatrix<Status>,
  documentOf: (status: Status) => object,
): object {
  return {
    pending,
    consistent,
    complete,
    environments: environments.map((environment) =>
      'status' in environment
        ? documentOf(environment.status)
        : { ...targetDocument(environment.target), error: errorDocument(environment.error) },
    ),
  };
}

/** Where one database stands, as the JSON report carries it. */
export const standingDocument = (standing: Standing): object => {
  const { changes, ignored, adopt = null, revert = null, unchecked = null } = standing.drift;
  return { ...statusDocument(standing), drift: { changes, ignored, adopt, revert, unchecked } };
};

/** Where all environments stand, as the JSON report carries it. */
export const standingsDocument = (matrix: StatusMatrix<Standing>): object =>
  matrixDocument(matrix, standingDocument);
