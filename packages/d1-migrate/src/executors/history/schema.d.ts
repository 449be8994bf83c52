import type { CommonOptions } from '../common-options.d.ts';

export type HistoryExecutorOptions = CommonOptions;
