import { types } from 'node:util';

const isInstance = Function.prototype[Symbol.hasInstance];

/**
 * Jest runs tests in a realm of their own, whose `Error` is not the one that node:fs throws. Wrangler asks
 * `instanceof Error` to tell a missing file from a failure, so here errors of every realm count.
 */
Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: typeof Error, value: unknown) {
    return isInstance.call(this, value) || (this === Error && types.isNativeError(value));
  },
});
