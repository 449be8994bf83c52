export default {
  projects: [
    '<rootDir>/packages/*/jest.config.mjs',
    '<rootDir>/apps/*/jest.config.mjs',
    '<rootDir>/tools/*/jest.config.mjs',
  ],
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/tools/jest-summary.mjs'],
};
