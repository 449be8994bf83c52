import { join } from 'node:path';
import { testProtection } from 'd1-core/testing';

testProtection(join(import.meta.dirname, '../..'));
