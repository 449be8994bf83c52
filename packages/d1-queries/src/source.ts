/** What this repository uses of the package. It is not published. */
export {
  advice,
  describeOrder,
  HOW_TO_SPLIT,
  orderDocument,
  orderMarkdown,
  type DatabaseOrder,
} from './order/index.ts';
