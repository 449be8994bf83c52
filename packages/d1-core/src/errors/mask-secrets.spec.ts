import { maskSecrets } from './mask-secrets.ts';

describe('masking secrets', () => {
  const env = {
    CLOUDFLARE_API_TOKEN: 'abcdef0123456789',
    R2_SECRET_ACCESS_KEY: 's3cr3t-s3cr3t',
    SHORT_TOKEN: 'no',
    PATH: '/usr/bin',
  };

  it('masks the values of variables that name a secret', () => {
    expect(maskSecrets('token abcdef0123456789, key s3cr3t-s3cr3t', env)).toBe(
      'token [secret], key [secret]',
    );
  });

  it('masks bearer tokens that are in no variable', () => {
    expect(maskSecrets('Authorization: Bearer abc.def-ghi_123', {})).toBe('Authorization: Bearer [secret]');
  });

  it('leaves short values and other variables alone', () => {
    expect(maskSecrets('no /usr/bin', env)).toBe('no /usr/bin');
  });
});
