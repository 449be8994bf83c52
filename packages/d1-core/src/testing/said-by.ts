import { jest } from '@jest/globals';

/** How a command ended, and all that it wrote on standard output and standard error. */
export async function saidBy(command: () => Promise<{ readonly success: boolean }>) {
  const said: string[] = [];
  const note = (text: string | Uint8Array) => {
    said.push(String(text));
    return true;
  };
  const streams = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation(note),
  );
  const { success } = await command().finally(() => streams.forEach((stream) => stream.mockRestore()));
  return { success, said: said.join('') };
}
