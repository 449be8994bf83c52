import { textOptions } from './index.ts';

describe('textOptions', () => {
  it('writes out what Nx has taken for a number', () => {
    expect(textOptions({ name: 2026, default: -1.5, table: 'a', rollback: true })).toEqual({
      name: '2026',
      default: '-1.5',
      table: 'a',
      rollback: true,
    });
  });

  it.each([1e30, Infinity, 2 ** 53])('refuses %d, whose digits are not those that were written', (value) => {
    expect(() => textOptions({ default: value })).toThrow(
      expect.objectContaining({ code: 'number-option', message: expect.stringContaining('option default') }),
    );
  });
});
