import { targetDocument } from 'd1-core/target';
import type { BaselineResult } from './baseline.ts';

/** The result for machines. */
export const baselineDocument = ({ plan, outcome, bookmark, warnings }: BaselineResult): object => ({
  ...targetDocument(plan.survey.target),
  outcome,
  last: plan.last.name,
  recorded: plan.recorded,
  accepted: plan.accepted,
  forgotten: plan.forgotten,
  bookmark,
  warnings,
});
