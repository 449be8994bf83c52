export { askDatabase } from './ask.ts';
export { startCloudflareApi, type CloudflareApi, type CloudflareApiOptions } from './cloudflare-api.ts';
export type { Account, Tokens } from './accounts.ts';
export type { Database } from './databases.ts';
export type { Fault, FaultAction, Moment } from './fault.ts';
export type { Faults } from './faults.ts';
export type { LoggedRequest, RequestLog } from './request-log.ts';
