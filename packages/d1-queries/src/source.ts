/** What this repository uses of the package. It is not published. */
export { COMMANDS } from './commands/index.ts';
export {
  advice,
  describeOrder,
  HOW_TO_SPLIT,
  orderDocument,
  orderMarkdown,
  type DatabaseOrder,
} from './order/describe.ts';
