export {
  resolveTarget,
  resolveTargets,
  describeTarget,
  targetDocument,
  type Target,
  type TargetOptions,
} from './target.ts';
export { localDatabase, openTarget, wranglerTarget } from './open-target.ts';
