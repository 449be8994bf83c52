/** Runs work that prints, where standard output is for one document: what it prints goes to standard error. */
export async function onStandardError<Result>(work: () => Promise<Result>): Promise<Result> {
  const { stdout, stderr } = process;
  const write = stdout.write;
  stdout.write = stderr.write.bind(stderr);
  try {
    return await work();
  } finally {
    stdout.write = write;
  }
}
