/** Ends the process, and with it the one that runs workerd. */
const end = (): void => process.exit(130);

/** What Ctrl-C or a SIGTERM does now. */
let onSignal: () => void = end;

/** Whether a command listens already: one that runs others ends with them. */
let isListening = false;

/** Ctrl-C, an end from outside, and a terminal that is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs a command so that a signal ends it, in order where the command is `interruptible`. */
export async function withSignals<Result>(command: () => Promise<Result>): Promise<Result> {
  if (isListening) return command();
  const listener = () => onSignal();
  isListening = true;
  for (const signal of SIGNALS) process.on(signal, listener);
  try {
    return await command();
  } finally {
    for (const signal of SIGNALS) process.off(signal, listener);
    isListening = false;
  }
}

/**
 * Runs work that a signal ends in order: it stops what it started, and still says what is in the database. A second
 * signal ends the process at once.
 */
export async function interruptible<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const before = onSignal;
  onSignal = () => {
    onSignal = end;
    controller.abort();
  };
  try {
    return await work(controller.signal);
  } finally {
    onSignal = before;
  }
}
