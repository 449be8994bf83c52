import { affinityOf } from 'd1-core/schema';

/** Values of columns of one class compare equal whenever they are. */
export type ComparisonClass = 'text' | 'number' | 'blob';

/** Of a declared type. Undefined where nothing is declared, and for ANY: such a column keeps values as they are. */
export function comparisonClass(type: string): ComparisonClass | undefined {
  if (type === '' || type.toUpperCase() === 'ANY') return undefined;
  const affinity = affinityOf(type);
  if (affinity === 'TEXT') return 'text';
  return affinity === 'BLOB' ? 'blob' : 'number';
}
