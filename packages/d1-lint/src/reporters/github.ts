import { githubAnnotation } from 'd1-core/report';
import type { Reporter } from './reporter.ts';

const LEVELS = { error: 'error', warning: 'warning', info: 'notice' } as const;

/** Annotations that GitHub Actions shows in the diff. */
export const github: Reporter = ({ findings }) =>
  findings
    .map(({ severity, rule, message, help, file, start }) =>
      githubAnnotation(LEVELS[severity], `${rule}: ${message}\n${help}`, { file, ...start }),
    )
    .join('\n');
