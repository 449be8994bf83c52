import preset from './jest.preset.mjs';

export default {
  projects: [
    '<rootDir>/packages/*/jest.config.mjs',
    '<rootDir>/apps/*/jest.config.mjs',
    '<rootDir>/tools/*/jest.config.mjs',
  ],
  maxWorkers: 2,
  // Of a run over several projects, this counts and not the preset's.
  testTimeout: preset.testTimeout,
  reporters: ['default', '<rootDir>/tools/jest-summary.mjs'],
};
