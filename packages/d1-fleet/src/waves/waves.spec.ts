import { divide, parseAmount } from './waves.ts';

const fleet = (count: number, wave: (index: number) => string | undefined = () => undefined) =>
  Array.from({ length: count }, (_, index) => ({ name: `t${index}`, wave: wave(index) }));

const sizesOf = (count: number, sizes: string, canaries: readonly string[] = []) =>
  divide(fleet(count), { sizes, canaries }).map(({ name, members }) => [name, members.length]);

describe('dividing a fleet into waves', () => {
  it.each([
    [
      1000,
      '1,1%,10%,rest',
      [
        ['1', 1],
        ['1%', 10],
        ['10%', 100],
        ['rest', 889],
      ],
    ],
    [
      3,
      '1,1%,10%,rest',
      [
        ['1', 1],
        ['1%', 1],
        ['10%', 1],
      ],
    ],
    [
      10,
      '2',
      [
        ['2', 2],
        ['rest', 8],
      ],
    ],
    [
      10,
      '2, 50%',
      [
        ['2', 2],
        ['50%', 5],
        ['rest', 3],
      ],
    ],
    [0, '1,rest', []],
  ])('divides %d by %s', (count, sizes, expected) => {
    expect(sizesOf(count, sizes)).toEqual(expected);
  });

  it('puts every member into one wave, in the order of the list', () => {
    const members = fleet(257);
    const waves = divide(members, { sizes: '3,7%,1,20%', canaries: ['t200', 't5'] });
    expect(waves[0]?.members.map(({ name }) => name)).toEqual(['t5', 't200']);
    const others = members.filter(({ name }) => name !== 't5' && name !== 't200');
    expect(waves.slice(1).flatMap((wave) => wave.members)).toEqual(others);
  });

  it('takes the waves that the list names, and those without one last', () => {
    const members = fleet(6, (index) => ['late', undefined, 'early'][index % 3]);
    expect(divide(members, { sizes: '1,rest', canaries: [] })).toEqual([
      { name: 'late', members: [members[0], members[3]] },
      { name: 'early', members: [members[2], members[5]] },
      { name: 'rest', members: [members[1], members[4]] },
    ]);
  });

  it.each(['', '1,,2', '-1', '1.5', '101%', 'all'])('refuses the sizes "%s"', (sizes) => {
    expect(() => sizesOf(10, sizes)).toThrow(/is not the size of a wave/);
  });

  it('reads an amount as a number, or as a part of the whole', () => {
    expect([parseAmount('5')?.(1000), parseAmount('2.5%')?.(1000), parseAmount('x')]).toEqual([
      5,
      25,
      undefined,
    ]);
  });
});
