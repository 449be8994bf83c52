/** The rooms of one package by name, each with its idea: the folders and files in `src`, in their order. */
type Rooms = Readonly<Record<string, string>>;

/** What a package is for, and how it is divided. */
interface House {
  readonly idea: string;
  /** A room imports only rooms that stand before it. */
  readonly rooms: Rooms;
}

// What every plugin has.
const VERSION = { 'plugin-version.ts': 'The version that reports note' };
const MARK = { 'run-mark.ts': 'What of a run Nx cannot know, so that it remembers no wrong result' };
const COMMANDS = { commands: 'The table of commands', 'executors.ts': 'The commands for Nx' };
const PLUGIN = { 'plugin.ts': 'The targets that Nx infers' };
const SOURCE = { 'source.ts': 'What the other packages and the tools of this workspace use' };
const FACTORIES = { 'factories.ts': 'The generators for Nx' };
const CODE_MIGRATIONS = { migrations: 'Code migrations for `nx migrate`' };
const CLI = { 'cli.ts': 'The command line' };
const INIT = { generators: 'What sets the plugin up in a workspace' };
const INDEX = { 'index.ts': 'What scripts and tests may call' };

/** What most plugins have, with one idea in all of them. */
export const SHARED_ROOMS: Rooms = {
  ...VERSION,
  ...MARK,
  ...COMMANDS,
  ...PLUGIN,
  ...SOURCE,
  ...INIT,
  ...FACTORIES,
  ...CODE_MIGRATIONS,
  ...CLI,
  ...INDEX,
};

/** The packages, each with its rooms in their order. What is not here has no place. */
export const PACKAGES: Readonly<Record<string, House>> = {
  'd1-core': {
    idea: 'What the plugins share: SQL and schemas as values, environments, databases, what every command does',
    rooms: {
      errors: 'An error for the reader: what happened, where, what to do',
      door: 'The line that runs one of our commands, by the door that a run came in: Nx, a terminal, a script',
      shape: 'What a file says, declared once: type, check, and words for what is wrong with it',
      node: 'Node and the machine: folders, files that are replaced as a whole, throw-away folders',
      git: 'What git and the CI system say of this run',
      sql: 'Text → tokens with positions → statements → syntax tree',
      report: 'One painter for each medium: terminal, GitHub, JSON, Markdown, XML, Mermaid',
      migrations:
        'The migrations folder: names, numbers, order, checksums, directives, rollback scripts. Knows no database',
      schema: 'A schema as a value: read, compared, replayed in memory',
      rebuild: 'A table with another definition → the statements that rebuild it, with what hangs on it',
      witness: 'Two contents → what changed, cell by cell',
      seed: 'Rows that the tables of a schema take',
      loss: 'What a migration says that it does to rows, and what of the differences is a loss',
      environment: 'Wrangler config → environments. Light: it is loaded on every Nx command',
      wrangler: 'The only code that starts the wrangler CLI',
      cloudflare: "Cloudflare's API, with wrangler's credentials",
      database: 'One interface, `D1`: local, remote and shadow',
      records: 'What a database says of itself: history, journal, stamp, lock, restore mark',
      load: 'A dump that arrives in chunks → statements → a database file',
      target: 'One database in one environment, and the wrangler that works on it',
      snapshot: 'Copies of local databases, and the way back to them',
      run: 'What every command does: report, confirm, check from where, lock, say who it is',
      audit: 'The file that notes every change of a protected environment',
      inference: 'Wrangler configs → Nx projects with targets. Light as well',
      site: 'The files that a generator works on, with or without Nx',
      command: 'A command or a generator, declared once, and the one way into it. Light as well',
      cli: 'The door from a terminal: words, help, what the files around a Worker say',
      script: 'The door from a script: commands as functions, which print and ask nothing',
      bin: 'The first lines of a command line: whether this Node can run the rest',
      nx: 'What runs use of Nx: nx itself, as not every workspace has `@nx/devkit`',
      generators: 'What generators find in a workspace, and what they write into it',
    },
  },
  'd1-lint': {
    idea: 'What D1 rejects, ignores or loses in a migrations folder, said before it runs',
    rooms: {
      ...VERSION,
      ...MARK,
      'words.ts': 'What options and config files may say. Nx loads it on every command of its own',
      d1: 'What the engine of D1 knows and how much it takes, as measured',
      engine: 'What a rule is, and how rules run over the statements of a folder',
      recipes: 'What several rules ask of a statement or of a schema',
      rules: 'One file a rule: what it finds, why, examples, and the SQL to write instead',
      config: 'The config file: which rules are on, and how severe',
      run: 'What every command does: report, confirm, check from where, lock, say who it is',
      explain: 'The page of a rule, for a terminal and for docs/rules',
      reporters: 'One form of the report each: for people, GitHub, GitLab, SARIF, JUnit, JSON',
      ...INIT,
      ...COMMANDS,
      ...PLUGIN,
      ...SOURCE,
      ...FACTORIES,
      ...CODE_MIGRATIONS,
      ...CLI,
      ...INDEX,
    },
  },
  'd1-queries': {
    idea: "The SQL in a Worker's source against the schema, and the guard in the Worker itself",
    rooms: {
      ...VERSION,
      ...MARK,
      worker: 'What runs in the Worker: it records queries, and expects a schema',
      'worker.ts': 'What a Worker imports',
      find: 'Source → the queries that it can send, followed through calls and classes',
      check: 'Queries and schemas, step by step → what fails',
      order: 'Two revisions of the code and of the schema → what must be deployed first',
      run: 'What every command does: report, confirm, check from where, lock, say who it is',
      ...COMMANDS,
      ...PLUGIN,
      ...SOURCE,
      ...INIT,
      ...FACTORIES,
      ...CLI,
      ...INDEX,
    },
  },
  'd1-migrate': {
    idea: 'A migration from its file to a live database, and back',
    rooms: {
      ...VERSION,
      'migration-template': 'A name → the text of a new migration',
      guard: 'What Nx itself would let pass: an unknown configuration, a replaced target',
      explain: 'The statement at which SQL fails, found on a throw-away database',
      loss: 'The rows and values that a migration has lost, in files, or by counting',
      survey: 'Files against database: what is applied, pending, changed; what blocks a run; the bookmark',
      replay: 'Migrations in memory: the schema around each statement, and where tables and rows went',
      capture: 'Statements that keep what a migration takes from rows',
      invert: 'A migration → the statements that undo it',
      prove: 'Up, down and up again on workerd, with rows in every table',
      'rollback-script': 'The file of a rollback script, made and proved',
      validate: 'All migrations and scripts from an empty database, with rows',
      'rebuild-table': 'A table rebuilt with another definition, tried before it is written',
      queries: 'What migrations do to the queries of the deployed code, where d1-queries is installed',
      approval:
        'What must have been looked at before a protected environment changes: the plan, the rehearsal',
      rehearse: 'The pending migrations on a throw-away copy of the actual data',
      plan: 'The rehearsal, lint and way back of what is pending, as a file to approve',
      apply: 'Begin → wrangler → conclude: lock, journal, private copy, what came of it',
      rollback: 'Scripts that roll migrations back, or the whole database as it was',
      adopt: 'A live database or an old folder gets a history that is true',
      reset: 'A fresh local database',
      unlock: 'The lock of a run that is dead',
      status: 'Where databases stand: migrations, and the schema against what they give',
      journal: 'Past runs, as the journal and the audit file tell them',
      'schema-docs': 'The change log, the page of the schema and its diagram',
      deploy: 'The Worker, after the databases',
      ...COMMANDS,
      ...PLUGIN,
      'guard.ts': 'The guard as a plugin of its own',
      ...SOURCE,
      generators: 'Migrations, scripts and workflows, written into a tree of files',
      ...FACTORIES,
      ...CODE_MIGRATIONS,
      ...CLI,
      ...INDEX,
    },
  },
  'd1-backup': {
    idea: 'A database and the objects of its bucket in one archive, proved by restoring it',
    rooms: {
      ...VERSION,
      'words.ts': 'Sizes and ages, for people',
      'place.ts': 'Whether archives are kept in a folder or in a bucket',
      format: 'What an archive contains and says of itself',
      bucket: 'The objects of R2 or S3: listed, downloaded, uploaded, checked',
      database: 'The content of a database: read, written as SQL, loaded, compared',
      zip: 'ZIP files, encrypted if wanted: written as they come, read at any place',
      shelf: 'Where archives are kept: listed, chosen, uploaded, pruned',
      verify: 'Whether an archive is what it says, and its database loads',
      backup: 'Database and objects → an archive that was proved before it got its name',
      restore: 'An archive → a database, a bucket or a folder',
      ...COMMANDS,
      ...PLUGIN,
      ...SOURCE,
      ...INIT,
      ...FACTORIES,
      ...CODE_MIGRATIONS,
      ...CLI,
      ...INDEX,
    },
  },
  'd1-fleet': {
    idea: 'Many databases with one schema, migrated as one',
    rooms: {
      ...VERSION,
      members: 'Which databases there are: from a list, a query or the account',
      member: 'One database: what it has, what it lacks, and its migration in one request',
      waves: 'In which waves the databases come',
      ledger: 'What was seen of each database, remembered between runs',
      fleet: 'All of them: survey, waves, pace, and what came of it',
      ...COMMANDS,
      ...PLUGIN,
      ...SOURCE,
      ...INIT,
      ...FACTORIES,
      ...CLI,
      ...INDEX,
    },
  },
};
