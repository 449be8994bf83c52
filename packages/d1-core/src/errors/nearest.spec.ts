import { nearest } from './d1-error.ts';

describe('nearest', () => {
  const environments = ['development', 'staging', 'production'];

  it.each([
    ['prodution', 'production'],
    ['Staging', 'staging'],
    ['stagign', 'staging'],
  ])('takes %s to mean %s', (word, meant) => {
    expect(nearest(word, environments)).toBe(meant);
  });

  it('proposes nothing when no candidate is close', () => {
    expect(nearest('qa', environments)).toBeUndefined();
    expect(nearest('anything', [])).toBeUndefined();
  });
});
