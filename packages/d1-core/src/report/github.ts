import type { SourceLocation } from '../errors/index.ts';
import { shownPath } from './shown-path.ts';
import { visible } from './visible.ts';

export type AnnotationLevel = 'error' | 'warning' | 'notice';

/**
 * A line that GitHub Actions shows at the place it names.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function githubAnnotation(level: AnnotationLevel, message: string, location?: SourceLocation): string {
  const file = location && shownPath(location.file);
  const properties = Object.entries({ file, line: location?.line, col: location?.column })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
    .join(',');
  return `::${level}${properties === '' ? '' : ` ${properties}`}::${escapeData(message)}`;
}

const escapeData = (text: string) => text.replaceAll('%', '%25').split(/\r?\n/).map(visible).join('%0A');
const escapeProperty = (text: string) => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
