import { D1Error, maskSecrets } from './d1-error.ts';

describe('masking secrets', () => {
  const env = {
    CLOUDFLARE_API_TOKEN: 'abcdef0123456789',
    R2_SECRET_ACCESS_KEY: 's3cr3t-s3cr3t',
    ARCHIVE_PASSWORD: 'correct horse battery staple',
    SHORT_TOKEN: 'no',
    PATH: '/usr/bin',
  };

  it('masks the values of variables that name a secret', () => {
    expect(maskSecrets('token abcdef0123456789, key s3cr3t-s3cr3t', env)).toBe(
      'token [secret], key [secret]',
    );
    expect(maskSecrets('correct horse battery staple', env)).toBe('[secret]');
  });

  it('masks bearer tokens that are in no variable', () => {
    expect(maskSecrets('Authorization: Bearer abc.def-ghi_123', {})).toBe('Authorization: Bearer [secret]');
  });

  it('leaves short values and other variables alone', () => {
    expect(maskSecrets('no /usr/bin', env)).toBe('no /usr/bin');
  });

  it('leaves ordinary words, names and numbers alone', () => {
    const ordinary = { DB_PASSWORD: 'password', ADMIN_PASSWORD: 'user_accounts', PIN_SECRET: '20260101' };
    const text = 'no such column: password in user_accounts; Bearer documents; 20260101';
    expect(maskSecrets(text, ordinary)).toBe(text);
  });

  it('masks a secret as a whole where another one is its beginning', () => {
    expect(maskSecrets('abcdef0123456789xyz', { ...env, OTHER_TOKEN: 'abcdef0123456789xyz' })).toBe(
      '[secret]',
    );
  });
});

describe('an error for the reader', () => {
  it('has no secret in its message, its fix and its notes', () => {
    const text = 'Authorization: Bearer abc.def-ghi_123';
    const { message, fix, notes } = new D1Error({ code: 'x', message: text, fix: text, notes: [text] });
    expect([message, fix, ...notes].join()).not.toContain('abc.def');
  });
});
