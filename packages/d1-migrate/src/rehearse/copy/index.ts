export { copyInto, describeSource, type CopyProgress, type RehearsalSource } from './copy-into.ts';
