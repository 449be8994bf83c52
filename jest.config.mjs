import preset from './jest.preset.mjs';

export default {
  // A worker keeps the modules of every test it has run; a new one takes its place before it runs out of memory.
  workerIdleMemoryLimit: '1200MB',
  projects: [
    '<rootDir>/packages/*/jest.config.mjs',
    '<rootDir>/apps/*/jest.config.mjs',
    '<rootDir>/tools/*/jest.config.mjs',
  ],
  maxWorkers: 2,
  testSequencer: '<rootDir>/tools/jest-sequencer.mjs',
  // Of a run over several projects, this counts and not the preset's.
  testTimeout: preset.testTimeout,
  reporters: ['default', '<rootDir>/tools/jest-summary.mjs'],
};
