import { errorDocument } from 'd1-core/report';
import { targetDocument } from 'd1-core/target';
import type { StatusMatrix } from './matrix.ts';
import type { DatabaseStatus } from '../survey/index.ts';

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
