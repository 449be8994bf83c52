import { isD1Error } from '../errors/index.ts';
import { terminalText } from '../report/index.ts';

/** Nx prints only the message of what a generator throws; so the message has to hold what to do as well. */
export async function withReadableErrors<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isD1Error(error)) throw error;
    throw new Error(terminalText([error.message, error.fix, ...error.notes]).trimEnd(), { cause: error });
  }
}
