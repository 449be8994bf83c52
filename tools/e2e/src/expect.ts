import type { Run } from './workspace.ts';

/** Throws unless a command ended well and printed what is expected. */
export async function succeeds(
  running: Promise<Run>,
  ...parts: readonly (string | RegExp)[]
): Promise<string> {
  return outputOf(await running, (exitCode) => exitCode === 0, 'to succeed', parts);
}

/** Throws unless a command failed and printed what is expected. */
export async function fails(running: Promise<Run>, ...parts: readonly (string | RegExp)[]): Promise<string> {
  return outputOf(await running, (exitCode) => exitCode !== 0, 'to fail', parts);
}

function outputOf(
  { exitCode, output }: Run,
  isExpected: (exitCode: number | undefined) => boolean,
  expectation: string,
  parts: readonly (string | RegExp)[],
): string {
  if (!isExpected(exitCode))
    throw new Error(`Expected ${expectation}, and it ended with ${exitCode}:\n${output}`);
  const missing = parts.find((part) =>
    typeof part === 'string' ? !output.includes(part) : !part.test(output),
  );
  if (missing !== undefined) throw new Error(`Expected ${String(missing)} in:\n${output}`);
  return output;
}
