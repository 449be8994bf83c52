import { markdownText, style } from 'd1-core/report';
import { describeOrder, orderDocument, orderMarkdown } from 'd1-queries/source';
import type { QueriesCheck } from './compare.ts';

/** What migrations do to the queries of the code, for people. */
export const describeQueries = ({ order, remarks, problem }: QueriesCheck): readonly string[] => [
  style.bold('Code and schema'),
  ...(order === undefined ? [] : describeOrder(order)).map((line) => `  ${line}`),
  ...(problem === undefined ? [] : [`  ${style.warn(`${problem.message} ${problem.fix}`)}`]),
  ...remarks.map((remark) => `  ${style.warn(remark)}`),
];

/** The same as Markdown, for a pull request. */
export const queriesMarkdown = ({ order, remarks, problem }: QueriesCheck): readonly string[] => [
  ...(order === undefined ? [] : [...orderMarkdown(order), '']),
  ...(problem === undefined ? [] : [`⚠️ ${markdownText(`${problem.message} ${problem.fix}`)}`, '']),
  ...remarks.flatMap((remark) => [`⚠️ ${markdownText(remark)}`, '']),
];

/** The same for machines. */
export const queriesDocument = ({ order, remarks, problem }: QueriesCheck): object => ({
  order: order === undefined ? null : orderDocument(order),
  remarks,
  ...(problem === undefined
    ? {}
    : { problem: { code: problem.code, message: problem.message, fix: problem.fix } }),
});
