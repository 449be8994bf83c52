import { faultProblem, isFault } from './fault.ts';
import type { Faults } from './faults.ts';
import { json, type Reply } from './reply.ts';
import type { ApiRequest } from './request.ts';
import type { RequestLog } from './request-log.ts';

export const CONTROL_PATH = '/__control/faults';

/** `POST` adds a fault or a list of them, `DELETE` clears faults and log, `GET` shows both. */
export function control({ method, body }: ApiRequest, faults: Faults, log: RequestLog): Reply {
  switch (method) {
    case 'POST':
      return add(body, faults);
    case 'DELETE':
      faults.clear();
      log.clear();
      return json({ faults: [], requests: [] });
    case 'GET':
      return json({ faults: faults.list(), requests: log.list() });
    default:
      return json({ error: 'Use GET, POST or DELETE.' }, 405);
  }
}

function add(body: Buffer, faults: Faults): Reply {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return json({ error: 'The body is not JSON.' }, 400);
  }
  const candidates: readonly unknown[] = Array.isArray(value) ? value : [value];
  const given = candidates.filter(isFault);
  if (given.length < candidates.length) {
    return json({ error: candidates.map(faultProblem).find((problem) => problem !== undefined) }, 400);
  }
  faults.add(...given);
  return json({ faults: faults.list() });
}
