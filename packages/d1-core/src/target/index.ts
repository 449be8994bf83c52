export { checkTargetStamp } from './check-target-stamp.ts';
export {
  resolveTarget,
  resolveTargets,
  describeTarget,
  targetDocument,
  type Target,
  type Protection,
  type TargetOptions,
  type TargetSetting,
} from './target.ts';
export { localDatabase, openTarget, remoteDatabase, wranglerTarget } from './open-target.ts';
