import { readJson } from './run-wrangler.ts';

describe('reading JSON from standard output', () => {
  it('passes over what stands before the document', () => {
    expect(readJson('\n⠋ Uploading\n[{"success":true}]\n')).toEqual([{ success: true }]);
    expect(readJson('{\n  "error": {}\n}')).toEqual({ error: {} });
  });

  it('gives undefined when there is none, or only a part of one', () => {
    expect(readJson('no migrations')).toBeUndefined();
    expect(readJson('[{"results": [')).toBeUndefined();
    expect(readJson('')).toBeUndefined();
  });
});
