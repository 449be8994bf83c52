export { runCommand, show, type CommandOptions, type ExitCode, type Outcome } from './command.ts';
export { confirmTarget } from './confirm.ts';
export { identifyRun, type Identify, type RunIdentity } from './identity.ts';
export { interruptible } from './interrupt.ts';
export { pluginVersion } from './plugin-version.ts';
