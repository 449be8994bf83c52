/** Ends the process, and with it the one that runs workerd. */
const end = (): void => process.exit(130);

/** What Ctrl-C or a SIGTERM does now. */
let onSignal: () => void = end;

/** Runs a command so that a signal ends it, in order where the command is `interruptible`. */
export async function withSignals<Result>(command: () => Promise<Result>): Promise<Result> {
  const listener = () => onSignal();
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  try {
    return await command();
  } finally {
    process.off('SIGINT', listener);
    process.off('SIGTERM', listener);
  }
}

/**
 * Runs work that a signal ends in order: it stops what it started, and still says what is in the database. A second
 * signal ends the process at once.
 */
export async function interruptible<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  onSignal = () => {
    onSignal = end;
    controller.abort();
  };
  try {
    return await work(controller.signal);
  } finally {
    onSignal = end;
  }
}
