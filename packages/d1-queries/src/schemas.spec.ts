import { join } from 'node:path';
import { testSchemas } from 'd1-core/testing';

testSchemas(join(import.meta.dirname, '..'));
