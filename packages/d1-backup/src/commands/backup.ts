import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  choice,
  countOr,
  defineCommand,
  flag,
  path,
  pathOrName,
  reportOptions,
  targetOptions,
  text,
  texts,
  type OptionsOf,
} from 'd1-core/command';
import { DEFAULT_OUTPUT, isAddress } from '../place.ts';
import { readParts } from './parts.ts';

const options = {
  ...targetOptions,
  output: path('Where archives are kept: s3://<bucket>/<prefix>, or a folder', {
    more: `Default: ${DEFAULT_OUTPUT}, in which one for a bucket is made and proved before it goes there.`,
    priority: 'important',
  }),
  mode: choice(
    ['online', 'export'],
    'How a remote database is read: page by page, which blocks no other request, or by the export of D1, which makes other requests wait. A local one is read from a copy of its file.',
    { otherwise: 'online' },
  ),
  verify: flag(
    'Prove the archive before it gets its name: restore the database into a throw-away one and compare it, and read every byte again. --no-verify is noted in the archive.',
    { otherwise: true, priority: 'important' },
  ),
  databaseOnly: flag('Save the database alone.', { priority: 'important' }),
  photosOnly: flag('Save the objects alone.', { priority: 'important' }),
  prefix: text('Save only objects whose keys begin so.'),
  bucket: text('The binding of the R2 bucket with the objects, when the Worker has several.'),
  concurrency: countOr(16, 'Objects that are fetched at a time.', { maximum: 256 }),
  previous: pathOrName(
    'An earlier archive, from which objects are taken that have not changed: a path, s3://<bucket>/<name>, or of those in output a name, latest, latest:proved or a day.',
    { priority: 'important' },
  ),
  identity: path('A file with age identities, when the earlier archive is encrypted'),
  resume: flag('Take the objects that a broken run has already fetched.', { priority: 'important' }),
  recipient: texts('Encrypt the archive to this age recipient (age1…); may be given several times.'),
  sign: path('A secret key of minisign without a password, which the archive is signed with'),
  upload: text(
    'Put a copy into a bucket: s3://<bucket>/<prefix>, or the binding of an R2 bucket. Keys come from R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY.',
    { priority: 'important' },
  ),
  dryRun: flag('Show what would be saved, and stop.', { priority: 'important' }),
  ...reportOptions,
};

export const backupCommand = defineCommand({
  name: 'backup',
  title: 'Back up the database and the photos',
  description:
    'Saves the D1 database and the objects of the R2 bucket in one zip, and proves it: the database is restored into a throw-away one and compared before the archive gets its name.',
  options,
  ineffective: [
    {
      options: ['photosOnly', 'previous', 'resume'],
      beside: { databaseOnly: true },
      why: 'no objects are saved',
    },
    { options: ['mode'], beside: { photosOnly: true }, why: 'no database is read' },
    { options: ['identity'], without: 'previous', why: 'it decrypts the earlier archive' },
  ],
  examples: [
    { description: 'The development database and its photos' },
    {
      description: 'Production; objects that have not changed are taken from an earlier archive',
      environment: 'production',
      options: { previous: 'latest:proved' },
    },
    {
      description: 'Encrypted, with a copy in a bucket',
      environment: 'production',
      options: { recipient: 'age1…', upload: 's3://archives/production' },
    },
  ],
  exitCodes: {
    3: 'saved, but something is missing or was not proved',
    11: 'another backup is running',
  },
  target: {
    defaultName: 'backup',
    description: 'Back up the D1 database and the R2 objects, proved by restoring them',
    location: 'any',
    example: { output: DEFAULT_OUTPUT },
  },
  async run(given, { workspaceRoot, pluginVersion }) {
    const [{ interruptible, showProgress }, { resolveTarget }, work] = await Promise.all([
      import('d1-core/run'),
      import('d1-core/target'),
      import('../backup/index.ts'),
    ]);
    const request = {
      target: resolveTarget(given, workspaceRoot),
      pluginVersion,
      ...readRequest(given, workspaceRoot),
    };
    const progress = showProgress(process.stderr);
    const result = await interruptible((signal) =>
      work.backup({ ...request, signal, onProgress: progress.show }),
    ).finally(() => progress.clear());
    return {
      result,
      exitCode: work.isIncomplete(result) ? 3 : 0,
      text: work.describeBackup(result, process.cwd()),
      document: work.backupDocument(result),
    };
  },
});

function readRequest(
  {
    output = DEFAULT_OUTPUT,
    prefix = '',
    recipient: recipients,
    previous,
    identity,
    sign,
    ...given
  }: OptionsOf<typeof options>,
  workspaceRoot: string,
) {
  const absolute = (file: string | undefined) =>
    file === undefined ? undefined : resolve(workspaceRoot, file);
  const isBucket = isAddress(output);
  const { mode, verify, concurrency, bucket, resume, upload, dryRun } = given;
  return {
    parts: readParts(given),
    output: resolve(workspaceRoot, isBucket ? DEFAULT_OUTPUT : output),
    home: isBucket ? output : undefined,
    previous:
      previous === undefined || isName(previous, workspaceRoot) ? previous : resolve(workspaceRoot, previous),
    identity: absolute(identity),
    sign: absolute(sign),
    ...{ mode, verify, prefix, concurrency, bucket, resume, recipients, upload, dryRun },
  };
}

/** Whether it is looked up where archives are kept. */
const isName = (archive: string, workspaceRoot: string): boolean =>
  isAddress(archive) || (!/[\\/]/.test(archive) && !existsSync(resolve(workspaceRoot, archive)));
