import type { Fault, FaultAction } from './fault.ts';
import type { ApiRequest } from './request.ts';

/** The faults in force. */
export interface Faults {
  add(...faults: readonly Fault[]): void;
  clear(): void;
  list(): readonly Fault[];
  /** Resolves when the faults are cleared the next time. */
  cleared(): Promise<void>;
  /** The fault that strikes this request. Every fault counts the requests that it matches; the first that is due wins. */
  strike(request: Pick<ApiRequest, 'method' | 'path' | 'body'>): FaultAction | undefined;
}

export function createFaults(): Faults {
  let waiting: (() => void)[] = [];
  let entries: { readonly fault: Fault; readonly path: RegExp; calls: number }[] = [];
  return {
    add(...faults) {
      entries.push(...faults.map((fault) => ({ fault, path: toRegExp(fault.path ?? '*'), calls: 0 })));
    },
    clear() {
      entries = [];
      for (const go of waiting) go();
      waiting = [];
    },
    cleared: () => new Promise((resolve) => waiting.push(resolve)),
    list: () => entries.map(({ fault }) => fault),
    strike({ method, path, body }) {
      const due = entries.filter((entry) => {
        const { fault } = entry;
        const matches =
          (fault.method ?? method) === method &&
          entry.path.test(path) &&
          body.includes(fault.bodyIncludes ?? '');
        if (matches) entry.calls += 1;
        return matches && isDue(fault, entry.calls);
      });
      return due[0]?.fault.action;
    },
  };
}

function isDue({ call: first = 1, times = 1 }: Fault, call: number): boolean {
  return call >= first && (times === 'all' || call < first + times);
}

const toRegExp = (pattern: string): RegExp => new RegExp(`^${pattern.split('*').map(escape).join('.*')}$`);

const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
