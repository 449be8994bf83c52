import { count, defineCommand, flag, fromFiles, path, reportOptions, texts } from 'd1-core/command';
import { entrance } from 'd1-core/door';
import * as v from 'valibot';

export const checkCommand = defineCommand({
  name: 'check',
  title: "Check the SQL in the Worker's source",
  description:
    'Follows the imports of the Worker from "main" of its wrangler config, finds the SQL that it gives to D1, and compiles each statement on the schema that the migrations give. What only a run can tell is listed.',
  options: {
    wranglerConfig: fromFiles(
      v.optional(v.string('names the wrangler config')),
      'The wrangler config of the Worker, relative to the workspace root.',
      { type: 'string' },
    ),
    report: path('A file for a page in Markdown with all queries by table, and how SQLite runs them', {
      more: 'Where several Workers share the option in nx.json, write {projectName} into it.',
      priority: 'important',
    }),
    recorded: path('A log with the queries that recordQueries of d1-queries/worker wrote down', {
      more: 'They are checked too.',
    }),
    newestModule: path(
      'A TypeScript module that names the newest migration, for expectSchema of d1-queries/worker',
      {
        more: 'It is compared, and written with --write.',
      },
    ),
    write: flag('Write the module that newestModule names.'),
    deployed: texts(
      'A git ref whose code is deployed; several in a gradual deployment. The migrations that it does not have are compared: which break a query of that code, which the new code needs, and the order that is safe.',
      { priority: 'important' },
    ),
    maxScans: count('Fail when more queries than this read a whole table. Default: any number may.', {
      minimum: 0,
    }),
    maxDynamic: count('Fail when more queries than this cannot be checked. Default: any number may.', {
      minimum: 0,
    }),
    ...reportOptions,
  },
  ineffective: [{ options: ['write'], without: 'newestModule', why: 'it writes that module' }],
  examples: [
    { description: 'Check the queries of the Worker' },
    { description: 'Write a page with all of them', options: { report: 'dist/queries.md' } },
    {
      description: 'Say in which order the migrations and the code since a release can go out',
      options: { deployed: 'v1.2.0' },
    },
    { description: 'Fail when a query cannot be checked', options: { maxDynamic: 0 } },
  ],
  exitCodes: {
    1: 'a query does not work, a limit is passed, or no order is safe',
    3: 'a file could not be read; the rest is right',
  },
  target: {
    defaultName: 'check-queries',
    description: "Check the SQL in the Worker's source against the schema of the migrations",
    location: 'any',
    example: { maxDynamic: 0 },
    outputs: [],
    outputOptions: ['report'],
  },
  async run(
    { wranglerConfig, report, recorded, newestModule, write, deployed, maxScans, maxDynamic },
    { workspaceRoot },
  ) {
    const [{ resolve }, { printText }, { makeFolder, replaceFile }, work, { describeOrder, orderDocument }] =
      await Promise.all([
        import('node:path'),
        import('d1-core/report'),
        import('d1-core/node'),
        import('../run/index.ts'),
        import('../order/index.ts'),
      ]);
    const configFile =
      wranglerConfig === undefined
        ? (await import('d1-core/cli')).findConfig(workspaceRoot)
        : resolve(workspaceRoot, wranglerConfig);
    const workers = work.workersOf(configFile);
    const checks: Awaited<ReturnType<typeof work.checkWorker>>[] = [];
    const ran =
      recorded === undefined ? [] : work.readRecorded(resolve(workspaceRoot, recorded), workspaceRoot);
    for (const worker of workers) checks.push(await work.checkWorker(worker, ran));
    const module =
      newestModule === undefined
        ? []
        : work.describeNewestModule(
            newestModule,
            await work.keepNewestModule(resolve(workspaceRoot, newestModule), checks, write),
          );
    if (report !== undefined) {
      const file = resolve(workspaceRoot, report);
      makeFolder(resolve(file, '..'));
      await replaceFile(file, work.reportPage(checks, workspaceRoot));
    }
    if (process.env['GITHUB_ACTIONS'] === 'true' && entrance().door.kind !== 'script')
      printText(process.stderr, work.annotations(checks));
    const orders: Awaited<ReturnType<typeof work.compareWithDeployed>>[number][] = [];
    if (deployed.length > 0)
      for (const worker of workers)
        orders.push(...(await work.compareWithDeployed(worker, deployed, workspaceRoot)));
    const limits = { maxScans, maxDynamic };
    const isUnsafe = orders.some(({ migrateFirst }) => migrateFirst === undefined);
    return {
      result: { checks, orders },
      exitCode: isUnsafe ? 1 : work.exitCodeOf(checks, limits),
      text: [
        ...checks.flatMap((check) => work.describeCheck(check, workspaceRoot, limits)),
        ...orders.flatMap((order) => describeOrder(order)),
        ...module,
      ],
      document: {
        workers: checks.map((check) => work.checkDocument(check, workspaceRoot)),
        orders: orders.map((order) => orderDocument(order)),
      },
    };
  },
});
