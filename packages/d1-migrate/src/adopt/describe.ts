import { plural } from 'd1-core/report';
import type { Inspection } from './inspect.ts';

/** What was found, and which way leads out of it. */
export function describeInspection({ files, findings, failing, runners }: Inspection): readonly string[] {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const missed = findings.filter(({ code }) => code === 'not-taken');
  return [
    `${plural(files.length, 'migration')}: ${plural(errors.length, 'error')}, ${plural(warnings.length, 'warning')}, ${failing.length} that ${failing.length === 1 ? 'does' : 'do'} not run in order.`,
    ...[...errors, ...warnings].map(
      ({ files: names, message, location }) => `  - ${place(names, location?.line, message)}`,
    ),
    ...failing.map(({ name, line, message }) => `  - ${name}:${line} does not run: ${message}`),
    ...runners.map((name) => `  - ${name} looks like an older way to run migrations`),
    '',
    ...(missed.length > 0
      ? ['Let wrangler see every migration first, then look again:', ...missed.map(({ fix }) => `  ${fix}`)]
      : wayOut(errors.length + warnings.length, failing.length, runners.length)),
  ];
}

const place = (names: readonly string[], line: number | undefined, message: string): string =>
  line === undefined ? message : `${names.join(', ')}:${line}: ${message}`;

function wayOut(findings: number, failing: number, runners: number): readonly string[] {
  if (failing > 0) {
    return [
      'The files do not give the schema any more. Make a new start from a database that is right:',
      '  npx nx g d1-migrate:adopt --strategy=restart --environment=production',
    ];
  }
  if (findings > 0) {
    return [
      'What is applied nowhere can get new numbers:',
      '  npx nx g d1-migrate:adopt --strategy=renumber',
      'Or make a new start from a live database, with everything of today in the archive:',
      '  npx nx g d1-migrate:adopt --strategy=restart --environment=production',
      'Or keep the applied ones as they are, with the option "startAfter" of the plugin.',
    ];
  }
  return [
    ...(runners > 0 ? ['Move the old program into the folder archive: nothing needs it any more.'] : []),
    'The files are in order. A database that has their schema without their history gets it with the target "baseline".',
  ];
}
