/** What other plugins compose with. The targets are inferred by `d1-migrate/plugin`. */
export {
  init as initGenerator,
  migration as migrationGenerator,
  renumber as renumberGenerator,
} from './factories.ts';
