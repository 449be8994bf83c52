export { closureRebuild } from 'd1-core/schema';
